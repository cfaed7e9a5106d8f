#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cloudsync {

// Why a name cannot be carried; `none` when it can.
enum class NameFault {
  none,
  empty,          // "", or "//" inside
  dotComponent,   // "." or ".."
  nul,            // a NUL byte
  longComponent,  // over 255 bytes
  longPath,       // over 1,024 bytes: the longest key of S3
  reserved,       // ".cloudsync" at the top is ours
};

// PURE. A path below a root, the same on the local and the remote side: components joined by '/',
// no leading or trailing slash, "" for the root itself. Bytes, not characters: any encoding.
class RelPath {
 public:
  RelPath() = default;  // the root

  // Checks every rule of NameFault but `reserved`, which our own files under .cloudsync/ break.
  static Result<RelPath> parse(std::string_view text);
  // For text that was checked before: a row of ours, a constant.
  static RelPath trusted(std::string text);

  const std::string& text() const { return text_; }
  bool isRoot() const { return text_.empty(); }
  std::string_view name() const;               // the last component; "" for the root
  RelPath parent() const;                      // the root's parent is the root
  RelPath child(std::string_view name) const;  // `name` is one checked component, or a checked path
  bool contains(const RelPath& other) const;   // other is this, or lies below it

  friend auto operator<=>(const RelPath&, const RelPath&) = default;

 private:
  std::string text_;
};

// Checks a key as it came from a disk or a remote. A trailing slash (a directory) is allowed.
NameFault faultOf(std::string_view key);
std::string_view describe(NameFault fault);

// The name that is ours, in the root and in the remote prefix: marker, temp files, trash, versions.
inline constexpr std::string_view kReservedName = ".cloudsync";

bool isValidUtf8(std::string_view text);

// The sort key of an entry: its path, with a '/' behind it for a directory. In the byte order of
// these keys everything below a directory follows it, and S3 lists in the same order:
//   a!  a-b  a.txt  a/  a/x  a0
// A file `a` and a directory `a/` are different keys, and other keys may stand between them.
struct EntryKey {
  std::string text;

  static EntryKey file(const RelPath& path) { return {path.text()}; }
  static EntryKey directory(const RelPath& path) { return {path.text() + "/"}; }
  bool isDirectory() const { return text.ends_with('/'); }
  RelPath path() const;

  friend auto operator<=>(const EntryKey&, const EntryKey&) = default;
};

// The first key behind everything below directory `key` ("a/" -> "a0").
std::string endOfSubtree(std::string_view directoryKey);

}  // namespace cloudsync

template <>
struct std::hash<cloudsync::RelPath> {
  std::size_t operator()(const cloudsync::RelPath& path) const {
    return std::hash<std::string>{}(path.text());
  }
};
