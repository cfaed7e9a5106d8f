#pragma once

#include <bit>
#include <cstdint>

namespace cloudsync {

static_assert(std::endian::native == std::endian::little ||
              std::endian::native == std::endian::big);

// The number whose bytes in memory are those of `value` in big-endian order, and the other way
// round: numbers that compare like their bytes.
inline std::uint64_t bigEndian(std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::little) return __builtin_bswap64(value);
  return value;
}

}  // namespace cloudsync
