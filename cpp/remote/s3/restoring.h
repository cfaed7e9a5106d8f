#pragma once

#include <string>

#include "remote/remote.h"
#include "remote/s3/client.h"
#include "remote/s3/moves.h"
#include "remote/s3/objects.h"

namespace cloudsync {

// Brings back what was removed or replaced: out of `.cloudsync/trash`, or, in a bucket that keeps
// versions, from behind a delete marker or a newer content. The server copies. Owned by the remote;
// any thread.
class S3Restoring {
 public:
  S3Restoring(S3Client& client, S3Objects& objects, S3Moves& moves)
      : client_(client), objects_(objects), moves_(moves) {}

  // First what lies in the trash, then what lies behind delete markers: the ids are `trash/…`, and
  // digits as those of versions.
  enum class Bucket { plain, versioned };
  Task<Result<TrashedPage>> trashed(Bucket bucket, std::string after, CancelToken cancel);
  Task<Result<ObjectInfo>> restore(RelPath path, std::string id, Precondition precondition,
                                   CancelToken cancel);

 private:
  Task<Result<TrashedPage>> inTrash(std::string after, CancelToken cancel);
  Task<Result<TrashedPage>> behindMarkers(std::string after, CancelToken cancel);
  Task<Result<ObjectInfo>> fromTrash(RelPath path, RelPath place, CancelToken cancel);
  Task<Result<ObjectInfo>> fromVersion(RelPath path, std::string id, Precondition precondition,
                                       CancelToken cancel);

  S3Client& client_;
  S3Objects& objects_;
  S3Moves& moves_;
};

}  // namespace cloudsync
