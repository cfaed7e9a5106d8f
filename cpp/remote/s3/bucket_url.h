#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cloudsync {

// The parts of s3://BUCKET/PREFIX?QUERY. PURE; any thread.
struct BucketUrl {
  std::string bucket;
  std::string prefix;  // decoded; "" or ends with '/'
  std::string query;   // as written
};

// `invalidArgument` with what to write instead; nothing that may be a secret is repeated.
Result<BucketUrl> parseBucketUrl(std::string_view url);

}  // namespace cloudsync
