#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/sha256.h"
#include "store/rows.h"

namespace cloudsync {

// PURE. How values that are no single number stand in a column; schema.sql says what it looks like.

using PrintBytes = std::array<char, 40>;

PrintBytes encodePrint(const Fingerprint& print);
Fingerprint decodePrint(std::string_view bytes);

inline std::string_view bytesOf(const PrintBytes& print) { return {print.data(), print.size()}; }
inline std::string_view bytesOf(const Sha256& sha256) {
  return {reinterpret_cast<const char*>(sha256.bytes.data()), sha256.bytes.size()};
}
Sha256 decodeSha256(std::string_view bytes);

// Sorted, disjoint ranges in a few bytes each; broken bytes give the ranges in front of them.
std::string encodeRanges(const std::vector<ByteRange>& ranges);
std::vector<ByteRange> decodeRanges(std::string_view bytes);

}  // namespace cloudsync
