#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "remote/s3/answers.h"

namespace cloudsync {

enum class Depth { all, oneLevel };  // oneLevel: directories as commonPrefixes, not what is in them

struct PageRequest {
  std::string prefix;
  std::string after;  // "" = from the start
  std::size_t most = 1000;
  Depth depth = Depth::all;
};

// PURE. Is what the page shows in order, inside of the prefix and behind `after`? `remoteFault` if
// not.
Status checkPage(const S3Page& page, const PageRequest& wanted);

}  // namespace cloudsync
