#include "remote/s3/removal.h"

#include <utility>

#include "base/date.h"
#include "remote/s3/copy.h"

namespace cloudsync {

namespace {

constexpr std::size_t kLongestKey = 1024;

Error changed(const RelPath& path) {
  return Error{ErrorKind::conflict, "the object in the cloud is another one by now", path.text(),
               0};
}

}  // namespace

Task<Status> deleteKey(S3Client& client, std::string key, CancelToken cancel) {
  S3Request request;
  request.method = "DELETE";
  request.subject = key;
  request.key = std::move(key);
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer && answer.error().kind != ErrorKind::notFound) co_return answer.error();
  co_return Status();
}

RelPath S3Removal::trashed(const RelPath& path) {
  std::string folder = std::string(kReservedName) + "/trash/" + formatDate(client_.serverTime()) +
                       "/" + client_.random().token() + "/";
  RelPath place = RelPath::trusted(folder + path.text());
  if (objects_.keyOf(place).size() <= kLongestKey) return place;
  // The longest keys leave no room for ours around them: their bytes are kept, their name is not.
  std::string_view text = path.text();
  Sha256 hash = sha256Of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return RelPath::trusted(folder + hash.hex());
}

Task<Status> S3Removal::copyToTrash(RelPath path, ObjectInfo info, CancelToken cancel) {
  RelPath place = trashed(path);
  Task<Status> copying =
      copyObject(client_, objects_.keyOf(path), objects_.keyOf(place), info, cancel);
  Status copied = co_await copying;
  if (!copied) co_return copied;
  Task<Result<ObjectInfo>> looking = objects_.head(place, cancel);
  Result<ObjectInfo> copy = co_await looking;
  if (!copy) co_return copy.error();
  bool same = copy->size == info.size && copy->sha256 == info.sha256;
  if (!same) {
    co_return Error{ErrorKind::remoteFault, "the S3 server's copy is not what it copied",
                    path.text(), 0};
  }
  // The copy took its time.
  Task<Status> again = objects_.mustHold(path, Precondition::matches(info.version), cancel);
  co_return co_await again;
}

Task<Status> S3Removal::remove(RelPath path, Precondition precondition, CancelToken cancel) {
  Task<Result<S3Traits>> asking = endpoint_.traits(cancel);
  Result<S3Traits> traits = co_await asking;
  if (!traits) co_return traits.error();
  Task<Result<ObjectInfo>> looking = objects_.stat(path, cancel);
  Result<ObjectInfo> info = co_await looking;
  if (!info) co_return info.error();
  bool holds =
      precondition.kind == Precondition::Kind::none ||
      (precondition.kind == Precondition::Kind::version && info->version == precondition.version);
  if (!holds) co_return changed(path);
  if (!traits->versioned) {
    Task<Status> saving = copyToTrash(path, *info, cancel);
    Status saved = co_await saving;
    if (!saved) co_return saved;
  }
  Task<Status> deleting = deleteKey(client_, objects_.keyOf(path), cancel);
  co_return co_await deleting;
}

}  // namespace cloudsync
