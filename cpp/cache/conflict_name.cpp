#include "cache/conflict_name.h"

#include <algorithm>

#include "base/date.h"

namespace cloudsync {

namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestPath = 1024;
constexpr std::size_t kLongestExtension = 16;  // with its dot
constexpr std::size_t kLongestDevice = 64;

// At most `limit` bytes of `text`, not cutting through a UTF-8 sequence. Bytes that are no UTF-8
// at all are cut anywhere.
std::string_view cutAtBorder(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t at = limit;
  auto continues = [&text](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
  };
  for (int steps = 0; steps < 3 && at > 0 && continues(at); ++steps) --at;
  return text.substr(0, continues(at) ? limit : at);
}

std::string_view extensionOf(std::string_view name) {
  std::size_t begin = name.find_first_not_of('.');
  std::size_t dot = name.rfind('.');
  if (begin == std::string_view::npos || dot == std::string_view::npos || dot <= begin) return {};
  std::string_view extension = name.substr(dot);
  bool plausible = extension.size() > 1 && extension.size() <= kLongestExtension &&
                   extension.find(' ') == std::string_view::npos;
  return plausible ? extension : std::string_view();
}

// A device name comes from a person or a host: no slash, no control characters, not too long.
std::string tidyDevice(std::string_view device) {
  std::string tidy(cutAtBorder(device, kLongestDevice));
  std::replace_if(
      tidy.begin(), tidy.end(),
      [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '-');
  return tidy.empty() ? "device" : tidy;
}

}  // namespace

std::string conflictKey(std::string_view key, const ConflictSubject& subject) {
  std::size_t slash = key.rfind('/');
  std::string_view parent =
      slash == std::string_view::npos ? std::string_view() : key.substr(0, slash + 1);
  std::string_view name = key.substr(parent.size());
  std::string_view extension = extensionOf(name);
  std::string_view stem = name.substr(0, name.size() - extension.size());

  std::string tail = " (conflict " + tidyDevice(subject.device) + " " +
                     formatDate(subject.modifyTime) + " " +
                     subject.sha256.hex().substr(0, subject.hashDigits) + ")";
  tail += extension;
  std::size_t room = kLongestName - tail.size();
  std::size_t roomInPath =
      kLongestPath > parent.size() + tail.size() ? kLongestPath - parent.size() - tail.size() : 0;
  std::string result(parent);
  result += cutAtBorder(stem, std::min(room, roomInPath));
  result += tail;
  return result;
}

}  // namespace cloudsync
