#pragma once

#include <string>
#include <utility>
#include <vector>

#include "remote/remote.h"
#include "remote/s3/client.h"

namespace cloudsync {

// What is copied: an object, or an older version of it.
struct CopySource {
  CopySource(std::string from, std::string version = {})
      : key(std::move(from)), versionId(std::move(version)) {}

  std::string key;
  std::string versionId;  // "": what stands there
};

// Copies the object `from` to `to` inside the bucket, with its metadata, while it is `expected`:
// in one request, or in parts above the 5 GiB that one may copy. `conflict` when it is not, as far
// as the server cares (Ceph 16 does not): who must be sure looks at the source again afterwards.
Task<Status> copyObject(S3Client& client, CopySource from, std::string to, ObjectInfo expected,
                        CancelToken cancel);

// The parts of a copy of `from`, as parts of an upload to `to` that has begun; of 1 GiB each.
Task<Result<std::vector<PartReceipt>>> copyParts(S3Client& client, CopySource from, std::string to,
                                                 ObjectInfo expected, std::string uploadId,
                                                 CancelToken cancel);

}  // namespace cloudsync
