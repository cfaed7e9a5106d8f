#include "base/byte_count.h"

#include <charconv>
#include <cstdint>

namespace cloudsync {

std::optional<ByteCount> parseByteCount(std::string_view text) {
  ByteCount count = 0;
  const char* end = text.data() + text.size();
  auto [stopped, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stopped != end || count > INT64_MAX) return std::nullopt;
  return count;
}

}  // namespace cloudsync
