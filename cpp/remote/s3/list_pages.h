#pragma once

#include <string>
#include <string_view>

#include "remote/s3/answers.h"
#include "remote/s3/client.h"

namespace cloudsync {

enum class Depth { all, oneLevel };  // oneLevel: directories as commonPrefixes, not what is in them

struct PageRequest {
  std::string prefix;
  std::string after;  // "" = from the start
  std::size_t most = 1000;
  Depth depth = Depth::all;
};

// One page of ListObjectsV2: keys that begin with `prefix` and lie behind `after`. Pages are asked
// for by key, not by the server's token: any page can be asked for again, by anybody, and a range
// of keys is a page with another start. What the page shows is checked to be in order, inside the
// prefix and behind `after`: a server that answers otherwise is `remoteFault`, so that no listing
// that lies reads as a deletion.
Task<Result<S3Page>> listPage(S3Client& client, PageRequest page, CancelToken cancel);

// The checks alone. PURE.
Status checkPage(const S3Page& page, const PageRequest& wanted);

}  // namespace cloudsync
