#pragma once

#include <string>

#include "remote/remote.h"
#include "remote/s3/client.h"
#include "remote/s3/objects.h"

namespace cloudsync {

// Takes objects out of sight, recoverably: behind a delete marker where the object has a version,
// else after a copy under `.cloudsync/trash/DATE/TOKEN/PATH` was made and looked at. Few servers
// have a conditional DELETE: an object that is replaced between our last look and the DELETE goes
// with it (in a versioned bucket it can be brought back). Owned by the remote; any thread.
class S3Removal {
 public:
  S3Removal(S3Client& client, S3Objects& objects) : client_(client), objects_(objects) {}

  Task<Status> remove(RelPath path, Precondition precondition, CancelToken cancel);

 private:
  Task<Status> copyToTrash(RelPath path, S3Objects::Look seen, CancelToken cancel);
  RelPath trashed(const RelPath& path, const ObjectVersion& version);

  S3Client& client_;
  S3Objects& objects_;
};

// Deletes the object of which a copy is safe elsewhere, if it is still the one that was `seen`.
Task<Status> deleteCopied(S3Client& client, S3Objects& objects, RelPath path, S3Objects::Look seen,
                          CancelToken cancel);

// One DELETE of one key, whatever it is; `guard` may be null.
Task<Status> deleteKey(S3Client& client, std::string key, RepeatGuard* guard, CancelToken cancel);

}  // namespace cloudsync
