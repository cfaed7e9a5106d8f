#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "remote/remote.h"
#include "remote/s3/answers.h"
#include "remote/s3/client.h"

namespace cloudsync {

// The older contents of one key in a bucket that keeps versions, newest first. S3's version ids are
// any text, ours are digits: made from the id's hash, so that they stay the same.
Task<Result<std::vector<VersionInfo>>> listVersions(S3Client& client, std::string key,
                                                    CancelToken cancel);

// The id of ours for one of S3's.
std::string digitsOf(std::string_view versionId);

// The version of `key` with this id of ours; `notFound` when there is none (any more).
Task<Result<S3Version>> findVersion(S3Client& client, std::string key, std::string id,
                                    CancelToken cancel);

// What a HEAD tells of one version.
Task<Result<ObjectInfo>> lookAtVersion(S3Client& client, S3Version version, CancelToken cancel);

// One page of all versions of all keys that begin with `prefix`, from behind the markers.
struct VersionsFrom {
  std::string prefix;
  std::string keyMarker;
  std::string idMarker;
};
Task<Result<S3VersionsPage>> versionsPage(S3Client& client, VersionsFrom from, CancelToken cancel);

}  // namespace cloudsync
