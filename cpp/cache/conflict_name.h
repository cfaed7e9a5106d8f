#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/sha256.h"

namespace cloudsync {

// PURE. The name that the losing content of a conflict gets:
//   stem (conflict DEVICE YYYY-MM-DD HASH6).ext
// Date (UTC) and hash are the content's own, so that every retry and every device arrives at the
// same name, and two different contents at different ones.
struct ConflictSubject {
  std::string_view device;
  Nanoseconds modifyTime = 0;
  const Sha256& sha256;
  std::size_t hashDigits = 6;  // more when the shorter name is taken by other content
};

// `key` is the path that was fought for; the result lies beside it. The stem is cut at a UTF-8
// border so that the name fits 255 bytes and the path 1,024. Dotfiles have no extension, and an
// "extension" that is long or holds a space is part of the stem.
std::string conflictKey(std::string_view key, const ConflictSubject& subject);

}  // namespace cloudsync
