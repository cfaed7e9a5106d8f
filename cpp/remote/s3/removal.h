#pragma once

#include <string>

#include "remote/remote.h"
#include "remote/s3/client.h"
#include "remote/s3/endpoint.h"
#include "remote/s3/objects.h"

namespace cloudsync {

// Takes objects out of sight, recoverably: behind a delete marker where the bucket keeps versions,
// else after a copy under `.cloudsync/trash/DATE/TOKEN/PATH` was made and looked at. S3 has no
// conditional DELETE: an object that is replaced between our last look and the DELETE goes with it
// (in a versioned bucket it can be brought back). Owned by the remote; any thread.
class S3Removal {
 public:
  S3Removal(S3Client& client, S3Endpoint& endpoint, S3Objects& objects)
      : client_(client), endpoint_(endpoint), objects_(objects) {}

  Task<Status> remove(RelPath path, Precondition precondition, CancelToken cancel);

 private:
  Task<Status> copyToTrash(RelPath path, ObjectInfo info, CancelToken cancel);
  RelPath trashed(const RelPath& path);

  S3Client& client_;
  S3Endpoint& endpoint_;
  S3Objects& objects_;
};

// One DELETE of one key, whatever it is.
Task<Status> deleteKey(S3Client& client, std::string key, CancelToken cancel);

}  // namespace cloudsync
