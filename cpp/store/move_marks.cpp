#include "store/move_marks.h"

#include <array>
#include <cstdio>

#include "store/racy.h"
#include "store/row_codec.h"

namespace cloudsync {

namespace {

// Of the print as it stands in a row: inode and birth time; and these with size and modify time.
constexpr std::size_t kFolderBytes = 16;
constexpr std::size_t kFileBytes = 32;

std::string beginOf(const Fingerprint& print, std::size_t bytes) {
  return std::string(bytesOf(encodePrint(print)).substr(0, bytes));
}

}  // namespace

std::string markOfFile(const BaseFacts& base) {
  if (!base.local || base.fingerprint.birthTime == 0) return "";
  if (racyByModifyTime(base.fingerprint, base.lookedAt)) return "";
  return beginOf(base.fingerprint, kFileBytes);
}

std::string markOfFolder(const BaseFacts& base) {
  if (!base.local || base.fingerprint.birthTime == 0) return "";
  return beginOf(base.fingerprint, kFolderBytes);
}

std::string markOfContent(ByteCount size, const Sha256& sha256) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(size));
  std::string mark(digits.data());
  mark += bytesOf(sha256);
  return mark;
}

}  // namespace cloudsync
