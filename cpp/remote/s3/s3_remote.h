#pragma once

#include <memory>

#include "remote/open.h"
#include "remote/remote.h"

namespace cloudsync {

// A prefix of a bucket as the cloud (`s3://BUCKET/PREFIX?…`, see location.h): AWS, Ceph, Swift,
// MinIO, R2 … What each of them can do is found out, not configured. Touches nothing before it is
// used.
Result<std::unique_ptr<Remote>> openS3(std::string_view url, const RemoteOptions& options,
                                       RemoteNeeds needs);

}  // namespace cloudsync
