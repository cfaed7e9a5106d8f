#include "remote/s3/moves.h"

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

}  // namespace

Task<Result<ObjectInfo>> S3Moves::move(RelPath from, RelPath to, MoveRequest request,
                                       CancelToken cancel) {
  Task<Result<S3Objects::Look>> looking = objects_.look(from, cancel);
  Result<S3Objects::Look> seen = co_await looking;
  if (!seen) co_return seen.error();
  if (seen->info.version != request.expected) co_return changed(from);
  ObjectInfo source = seen->info;
  if (!source.sha256) source.sha256 = request.sha256;
  Task<Result<ObjectInfo>> copying = copy(from, to, std::move(source), cancel);
  Result<ObjectInfo> copied = co_await copying;
  if (!copied) co_return copied;

  Task<Status> deleting = deleteCopied(client_, objects_, from, *seen, std::move(cancel));
  Status deleted = co_await deleting;
  // Two names for one content: the next run sees the old one as what it is.
  if (!deleted) co_return deleted.error();
  co_return copied;
}

Task<Result<ObjectInfo>> S3Moves::copy(RelPath from, RelPath to, ObjectInfo source,
                                       CancelToken cancel) {
  Task<Status> checking = objects_.mustHold(to, Precondition::absent(), cancel);
  Status free = co_await checking;
  if (!free) co_return free.error();
  bool plain = source.size == 0 || !source.sha256;
  Task<Result<ObjectInfo>> copying =
      plain ? copyPlainly(std::move(from), std::move(to), std::move(source), std::move(cancel))
            : copyAsUpload(std::move(from), std::move(to), std::move(source), std::move(cancel));
  co_return co_await copying;
}

Task<Result<ObjectInfo>> S3Moves::copyAsUpload(RelPath from, RelPath to, ObjectInfo source,
                                               CancelToken cancel) {
  WriteRequest same;
  same.size = source.size;
  same.sha256 = *source.sha256;
  same.modifyTime = source.modifyTime;
  same.nonce = client_.random().token();
  same.precondition = Precondition::absent();
  Task<Result<UploadId>> beginning = uploads_.begin(to, same, cancel);
  Result<UploadId> upload = co_await beginning;
  if (!upload) co_return upload.error();
  Task<Result<std::vector<PartReceipt>>> copying =
      copyParts(client_, objects_.keyOf(from), objects_.keyOf(to), source, upload->value, cancel);
  Result<std::vector<PartReceipt>> parts = co_await copying;
  Result<ObjectInfo> finished = parts ? Result<ObjectInfo>(ObjectInfo()) : parts.error();
  if (parts) {
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

Task<Result<ObjectInfo>> S3Moves::copyPlainly(RelPath from, RelPath to, ObjectInfo source,
                                              CancelToken cancel) {
  Task<Status> copying =
      copyObject(client_, objects_.keyOf(from), objects_.keyOf(to), source, cancel);
  Status copied = co_await copying;
  if (!copied) co_return copied.error();
  Task<Result<ObjectInfo>> looking = objects_.head(to, std::move(cancel));
  Result<ObjectInfo> made = co_await looking;
  if (made && made->size != source.size) co_return changed(from);
  co_return made;
}

}  // namespace cloudsync
