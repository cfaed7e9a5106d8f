#include "remote/s3/removal.h"

#include <utility>

#include "base/date.h"
#include "remote/s3/copy.h"
#include "remote/s3/trash.h"

namespace cloudsync {

namespace {

Error changed(const RelPath& path) {
  return Error{ErrorKind::conflict, "the object in the cloud is another one by now", path.text(),
               0};
}

// Between two attempts of a DELETE: is it still the object that was saved? The first may have
// succeeded unheard, and another device may have put a new one there since.
class StillThere final : public RepeatGuard {
 public:
  StillThere(S3Objects& objects, const RelPath& path, const S3Objects::Look& seen)
      : objects_(objects), path_(path), seen_(seen) {}

  Task<bool> mayRepeat(Trouble, CancelToken cancel) override {
    Task<Result<S3Objects::Look>> looking = objects_.look(path_, std::move(cancel));
    Result<S3Objects::Look> now = co_await looking;
    co_return now && now->sameState(seen_);
  }

 private:
  S3Objects& objects_;
  const RelPath& path_;
  const S3Objects::Look& seen_;
};

Task<Status> deleteSeen(S3Client& client, S3Objects& objects, RelPath path, S3Objects::Look seen,
                        CancelToken cancel) {
  StillThere guard(objects, path, seen);
  Task<Status> deleting = deleteKey(client, objects.keyOf(path), &guard, cancel);
  Status deleted = co_await deleting;
  if (deleted || !mayBeOwnSuccess(deleted.error().kind)) co_return deleted;
  Task<Result<ObjectInfo>> finding = objects.head(path, cancel);
  Result<ObjectInfo> left = co_await finding;
  bool gone = !left && left.error().kind == ErrorKind::notFound;
  if (gone) co_return Status();
  // What another device put there after our DELETE is not ours to take.
  bool replaced = left && left->version != seen.info.version;
  co_return replaced ? Status() : deleted;
}

}  // namespace

Task<Status> deleteKey(S3Client& client, std::string key, RepeatGuard* guard, CancelToken cancel) {
  S3Request request;
  request.method = "DELETE";
  request.subject = key;
  request.key = std::move(key);
  request.guard = guard;
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer && answer.error().kind != ErrorKind::notFound) co_return answer.error();
  co_return Status();
}

RelPath S3Removal::trashed(const RelPath& path) {
  std::string folder =
      trashPrefix("") + formatDate(client_.serverTime()) + "/" + client_.random().token() + "/";
  RelPath place = RelPath::trusted(folder + path.text());
  if (objects_.keyOf(place).size() <= kLongestKey) return place;
  // The longest keys leave no room for ours around them: their bytes are kept, their name is not.
  std::string_view text = path.text();
  Sha256 hash = sha256Of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return RelPath::trusted(folder + hash.hex());
}

Task<Status> S3Removal::copyToTrash(RelPath path, S3Objects::Look seen, CancelToken cancel) {
  RelPath place = trashed(path);
  Task<Status> copying =
      copyObject(client_, objects_.keyOf(path), objects_.keyOf(place), seen.info, cancel);
  Status copied = co_await copying;
  if (!copied) co_return copied;
  Task<Result<ObjectInfo>> looking = objects_.head(place, cancel);
  Result<ObjectInfo> copy = co_await looking;
  if (!copy) co_return copy.error();
  bool same = copy->size == seen.info.size && copy->sha256 == seen.info.sha256;
  if (!same) {
    co_return Error{ErrorKind::remoteFault, "the S3 server's copy is not what it copied",
                    path.text(), 0};
  }
  co_return Status();
}

Task<Status> S3Removal::remove(RelPath path, Precondition precondition, CancelToken cancel) {
  Task<Result<S3Objects::Look>> looking = objects_.look(path, cancel);
  Result<S3Objects::Look> seen = co_await looking;
  if (!seen && seen.error().kind == ErrorKind::notFound) {
    Task<Result<ObjectInfo>> proving = objects_.stat(path, cancel);
    Result<ObjectInfo> there = co_await proving;
    co_return there ? changed(path) : there.error();
  }
  if (!seen) co_return seen.error();
  bool holds = precondition.kind == Precondition::Kind::none ||
               (precondition.kind == Precondition::Kind::version &&
                seen->info.version == precondition.version);
  if (!holds) co_return changed(path);
  // Only what has a version id stays behind the delete marker: versioning may be suspended any day.
  if (seen->versionId.empty()) {
    Task<Status> saving = copyToTrash(path, *seen, cancel);
    Status saved = co_await saving;
    if (!saved) co_return saved;
    Task<Status> deletingCopied = deleteCopied(client_, objects_, path, *seen, cancel);
    co_return co_await deletingCopied;
  }
  Task<Status> deleting = deleteSeen(client_, objects_, path, *seen, cancel);
  co_return co_await deleting;
}

Task<Status> deleteCopied(S3Client& client, S3Objects& objects, RelPath path, S3Objects::Look seen,
                          CancelToken cancel) {
  // The copy took its time, and not every server cared which state it copied.
  Task<Status> comparing = objects.mustStillBe(path, seen, cancel);
  Status same = co_await comparing;
  if (!same) co_return same;
  Task<Status> deleting = deleteSeen(client, objects, std::move(path), std::move(seen), cancel);
  co_return co_await deleting;
}

}  // namespace cloudsync
