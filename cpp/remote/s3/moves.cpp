#include "remote/s3/moves.h"

#include <span>
#include <utility>
#include <vector>

#include "remote/part_receipts.h"
#include "remote/s3/copy.h"
#include "remote/s3/multipart.h"
#include "remote/s3/removal.h"

namespace cloudsync {

namespace {

Error changed(const RelPath& path) {
  return Error{ErrorKind::conflict, "the object in the cloud is another one by now", path.text(),
               0};
}

class EmptySource final : public ByteSource {
 public:
  ByteCount size() const override { return 0; }
  Status readAt(ByteCount, std::span<std::uint8_t>) override { return Status(); }
};

}  // namespace

Task<Result<ObjectInfo>> S3Moves::move(RelPath from, RelPath to, MoveRequest request,
                                       CancelToken cancel) {
  Task<Result<S3Objects::Look>> looking = objects_.look(from, cancel);
  Result<S3Objects::Look> seen = co_await looking;
  if (!seen) co_return seen.error();
  if (seen->info.version != request.expected) co_return changed(from);
  if (!seen->info.sha256) seen->info.sha256 = request.sha256;
  Task<Result<ObjectInfo>> copying = copy(from, to, *seen, cancel);
  Result<ObjectInfo> copied = co_await copying;
  if (!copied) co_return copied;

  Task<Status> deleting = deleteCopied(client_, objects_, from, *seen, std::move(cancel));
  Status deleted = co_await deleting;
  // Two names for one content: the next run sees the old one as what it is.
  if (!deleted) co_return deleted.error();
  co_return copied;
}

Task<Result<ObjectInfo>> S3Moves::copy(RelPath from, RelPath to, S3Objects::Look source,
                                       CancelToken cancel) {
  Task<Status> checking = objects_.mustHold(to, Precondition::absent(), cancel);
  Status free = co_await checking;
  if (!free) co_return free.error();
  if (source.info.size == 0) {
    Task<Result<ObjectInfo>> writing = writeEmpty(std::move(to), source.info, std::move(cancel));
    co_return co_await writing;
  }
  Task<Result<ObjectInfo>> copying =
      source.info.sha256
          ? copyAsUpload(std::move(from), std::move(to), std::move(source), std::move(cancel))
          : copyPlainly(std::move(from), std::move(to), std::move(source), std::move(cancel));
  co_return co_await copying;
}

Task<Result<ObjectInfo>> S3Moves::writeEmpty(RelPath to, ObjectInfo source, CancelToken cancel) {
  EmptySource nothing;
  WriteRequest request = requestLike(source);
  Task<Result<ObjectInfo>> writing =
      objects_.write(std::move(to), nothing, std::move(request), std::move(cancel));
  co_return co_await writing;
}

WriteRequest S3Moves::requestLike(const ObjectInfo& source) {
  WriteRequest request;
  request.size = source.size;
  request.sha256 = source.sha256.value_or(sha256Of({}));
  request.modifyTime = source.modifyTime;
  request.nonce = client_.random().token();
  request.precondition = Precondition::absent();
  return request;
}

Task<Result<ObjectInfo>> S3Moves::copyAsUpload(RelPath from, RelPath to, S3Objects::Look source,
                                               CancelToken cancel) {
  WriteRequest same = requestLike(source.info);
  Task<Result<UploadId>> beginning = uploads_.begin(to, same, cancel);
  Result<UploadId> upload = co_await beginning;
  if (!upload) co_return upload.error();
  Task<Result<std::vector<PartReceipt>>> copying = copyParts(
      client_, objects_.keyOf(from), objects_.keyOf(to), source.info, upload->value, cancel);
  Result<std::vector<PartReceipt>> parts = co_await copying;
  Status whole = parts ? Status() : Status(parts.error());
  if (whole) {
    // Not every server cares which state it copies (Ceph 16 does not), and the parts may be of two:
    // nobody sees them yet.
    Task<Status> comparing = objects_.mustStillBe(from, source, cancel);
    whole = co_await comparing;
  }
  Result<ObjectInfo> finished = whole ? Result<ObjectInfo>(ObjectInfo()) : whole.error();
  if (whole) {
    Task<Result<ObjectInfo>> finishing =
        uploads_.finish(to, *upload, std::move(*parts), same, cancel);
    finished = co_await finishing;
  }
  if (!finished) {
    // As in copyObject: what nobody can find again should not stay, if one request can help it.
    Task<Status> aborting =
        abortMultipart(client_, objects_.keyOf(to), upload->value, 1, CancelToken());
    (void)co_await aborting;
  }
  co_return finished;
}

Task<Result<ObjectInfo>> S3Moves::copyPlainly(RelPath from, RelPath to, S3Objects::Look source,
                                              CancelToken cancel) {
  Task<Status> copying =
      copyObject(client_, objects_.keyOf(from), objects_.keyOf(to), source.info, cancel);
  Status copied = co_await copying;
  if (!copied) co_return copied.error();
  Task<Result<ObjectInfo>> looking = objects_.head(to, std::move(cancel));
  Result<ObjectInfo> made = co_await looking;
  if (made && made->size != source.info.size) co_return changed(from);
  co_return made;
}

}  // namespace cloudsync
