#pragma once

#include "remote/remote.h"
#include "remote/s3/client.h"
#include "remote/s3/objects.h"
#include "remote/s3/uploads.h"

namespace cloudsync {

// Gives objects another name: S3 has no rename, so the server copies, and the old name is deleted
// when the new one was looked at. Owned by the remote; any thread.
//
// The copy is made as an upload whose parts the server takes from the old object: completing an
// upload keeps `If-None-Match` on servers that know it, which a plain copy does not. Content whose
// SHA-256 nobody knows is copied plainly: its new name is looked at before. Of what other programs
// noted beside an object, a copy as an upload carries nothing. A crash between the two ends of such
// an upload leaves it to the bucket's lifecycle rules. An object that is replaced between our last
// look and the DELETE goes with it, as in S3Removal.
class S3Moves {
 public:
  S3Moves(S3Client& client, S3Objects& objects, S3Uploads& uploads)
      : client_(client), objects_(objects), uploads_(uploads) {}

  Task<Result<ObjectInfo>> move(RelPath from, RelPath to, MoveRequest request, CancelToken cancel);

 private:
  Task<Result<ObjectInfo>> copy(RelPath from, RelPath to, S3Objects::Look source,
                                CancelToken cancel);
  Task<Result<ObjectInfo>> writeEmpty(RelPath to, ObjectInfo source, CancelToken cancel);
  Task<Result<ObjectInfo>> copyAsUpload(RelPath from, RelPath to, S3Objects::Look source,
                                        CancelToken cancel);
  Task<Result<ObjectInfo>> copyPlainly(RelPath from, RelPath to, S3Objects::Look source,
                                       CancelToken cancel);
  WriteRequest requestLike(const ObjectInfo& source);

  S3Client& client_;
  S3Objects& objects_;
  S3Uploads& uploads_;
};

}  // namespace cloudsync
