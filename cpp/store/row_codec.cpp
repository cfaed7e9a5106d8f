#include "store/row_codec.h"

#include <cstring>
#include <optional>

#include "base/big_endian.h"

namespace cloudsync {

namespace {

void appendVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

std::optional<std::uint64_t> takeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    auto byte = static_cast<std::uint8_t>(bytes[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

PrintBytes encodePrint(const Fingerprint& print) {
  const std::array<std::uint64_t, 5> numbers = {
      bigEndian(print.inode), bigEndian(static_cast<std::uint64_t>(print.birthTime)),
      bigEndian(print.size), bigEndian(static_cast<std::uint64_t>(print.modifyTime)),
      bigEndian(static_cast<std::uint64_t>(print.changeTime))};
  PrintBytes bytes;
  static_assert(sizeof(numbers) == sizeof(bytes));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

Fingerprint decodePrint(std::string_view bytes) {
  std::array<std::uint64_t, 5> numbers{};
  if (bytes.size() != sizeof(numbers)) return {};
  std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return {bigEndian(numbers[0]), static_cast<Nanoseconds>(bigEndian(numbers[1])),
          bigEndian(numbers[2]), static_cast<Nanoseconds>(bigEndian(numbers[3])),
          static_cast<Nanoseconds>(bigEndian(numbers[4]))};
}

Sha256 decodeSha256(std::string_view bytes) {
  Sha256 sha256;
  if (bytes.size() == sha256.bytes.size()) {
    std::memcpy(sha256.bytes.data(), bytes.data(), bytes.size());
  }
  return sha256;
}

std::string encodeRanges(const std::vector<ByteRange>& ranges) {
  std::string out;
  ByteCount at = 0;
  for (const ByteRange& range : ranges) {
    appendVarint(out, range.begin - at);
    appendVarint(out, range.size());
    at = range.end;
  }
  return out;
}

std::vector<ByteRange> decodeRanges(std::string_view bytes) {
  std::vector<ByteRange> ranges;
  ByteCount at = 0;
  while (!bytes.empty()) {
    std::optional<std::uint64_t> gap = takeVarint(bytes);
    if (!gap) break;
    std::optional<std::uint64_t> length = takeVarint(bytes);
    if (!length) break;
    ranges.push_back({at + *gap, at + *gap + *length});
    at = ranges.back().end;
  }
  return ranges;
}

}  // namespace cloudsync
