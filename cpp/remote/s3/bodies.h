#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cloudsync {

// The XML that S3 is sent. PURE; any thread.

struct S3Part {
  std::uint32_t number = 0;
  std::string etag;  // bare or quoted
};

// The body of CompleteMultipartUpload; `parts` in ascending order, as S3 demands.
std::string completeBody(const std::vector<S3Part>& parts);

}  // namespace cloudsync
