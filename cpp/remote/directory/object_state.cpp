#include "remote/directory/object_state.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/hex.h"

namespace cloudsync {

namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kBindingBytes = 12;
// A nonce of 32 hex digits (Random::token) is packed into 16 bytes. Any other one stands as text
// behind 17 filler bytes, so that the two can never have the same length.
constexpr std::size_t kPackedNonce = 16;
constexpr std::string_view kTextMark = "text............:";
static_assert(kTextMark.size() > kPackedNonce);

void appendNumber(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

std::string bindingOf(const FileStat& stat) {
  std::string binding;
  appendNumber(binding, static_cast<std::uint64_t>(stat.modifyTime), 8);
  appendNumber(binding, stat.size, 4);
  return binding;
}

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Error conflictAt(const RelPath& path, std::string_view why) {
  return Error{ErrorKind::conflict, std::string(why), path.text(), 0};
}

bool isToken(std::string_view nonce) {
  return nonce.size() == 2 * kPackedNonce &&
         nonce.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string_view formatVersion(const FileStat& stat, VersionText& into) {
  char* at = into.data();
  char* end = at + into.size();
  const std::array<std::uint64_t, 4> parts = {stat.inode, stat.size,
                                              static_cast<std::uint64_t>(stat.modifyTime),
                                              static_cast<std::uint64_t>(stat.changeTime)};
  for (std::uint64_t part : parts) {
    if (at != into.data()) *at++ = '-';
    at = std::to_chars(at, end, part, 16).ptr;
  }
  return {into.data(), static_cast<std::size_t>(at - into.data())};
}

ObjectVersion versionOf(const FileStat& stat) {
  VersionText text;
  return ObjectVersion{std::string(formatVersion(stat, text))};
}

bool sameButForRename(const FileStat& a, const FileStat& b) {
  return a.type == b.type && a.inode == b.inode && a.size == b.size && a.modifyTime == b.modifyTime;
}

Status mustHold(const Precondition& precondition, const std::optional<FileStat>& now,
                const RelPath& path) {
  if (now && now->type == FileType::directory) {
    return Error{ErrorKind::isDirectory, "a directory stands at this name", path.text(), 0};
  }
  if (now && now->type != FileType::file) {
    return conflictAt(path, "something that is no file stands at this name");
  }
  switch (precondition.kind) {
    case Precondition::Kind::none:
      return {};
    case Precondition::Kind::absent:
      if (now) return conflictAt(path, "an object of this name exists already");
      return {};
    case Precondition::Kind::version:
      if (!now) return conflictAt(path, "the object is gone");
      if (versionOf(*now) != precondition.version) {
        return conflictAt(path, "the object is another version by now");
      }
      return {};
  }
  return {};
}

std::string encodeRecord(const ObjectRecord& record, const FileStat& boundTo) {
  std::string text(reinterpret_cast<const char*>(record.sha256.bytes.data()), kHashBytes);
  text += bindingOf(boundTo);
  if (isToken(record.nonce)) {
    std::optional<std::vector<std::uint8_t>> packed = fromHex(record.nonce);
    text.append(reinterpret_cast<const char*>(packed->data()), packed->size());
  } else if (!record.nonce.empty()) {
    text += kTextMark;
    text += record.nonce;
  }
  return text;
}

std::optional<ObjectRecord> decodeRecord(std::string_view text, const FileStat& now) {
  if (text.size() < kHashBytes + kBindingBytes) return std::nullopt;
  if (text.substr(kHashBytes, kBindingBytes) != bindingOf(now)) return std::nullopt;
  ObjectRecord record;
  std::memcpy(record.sha256.bytes.data(), text.data(), kHashBytes);
  std::string_view nonce = text.substr(kHashBytes + kBindingBytes);
  if (nonce.size() == kPackedNonce) {
    record.nonce = toHex(bytesOf(nonce));
  } else if (!nonce.empty()) {
    if (!nonce.starts_with(kTextMark)) return std::nullopt;
    record.nonce = nonce.substr(kTextMark.size());
  }
  return record;
}

}  // namespace cloudsync
