#pragma once

#include <string>
#include <vector>

#include "remote/remote.h"
#include "remote/s3/client.h"

namespace cloudsync {

// The older contents of one key in a bucket that keeps versions, newest first. S3's version ids are
// any text, ours are digits: made from the id's hash, so that they stay the same.
Task<Result<std::vector<VersionInfo>>> listVersions(S3Client& client, std::string key,
                                                    CancelToken cancel);

}  // namespace cloudsync
