#include "service/owner_lock.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace cloudsync {

namespace {

// Of the second line: it takes the place of a boot's name.
constexpr std::string_view kInDoubt = "?";
constexpr std::string_view kEnded = "-";

constexpr std::size_t kLongestFile = 128;

// A line of the file; "" when it has none.
std::string readLine(File& file, int number) {
  std::array<std::uint8_t, kLongestFile> bytes{};
  Result<std::size_t> read = file.readAt(0, bytes);
  if (!read.ok()) return "";
  std::string text(reinterpret_cast<const char*>(bytes.data()), *read);
  std::size_t begin = 0;
  for (int line = 1; line < number; ++line) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos) return "";
    ++begin;
  }
  std::size_t end = text.find('\n', begin);
  return end == std::string::npos ? "" : text.substr(begin, end - begin);
}

std::string readOwner(File& file) {
  std::string pid = readLine(file, 1);
  bool isPid = !pid.empty() && pid.find_first_not_of("0123456789") == std::string::npos;
  return isPid ? pid : "unknown";
}

}  // namespace

OwnerLock::OwnerLock(std::unique_ptr<Folder> folder, std::unique_ptr<File> file, std::string bootId,
                     std::string found)
    : folder_(std::move(folder)),
      file_(std::move(file)),
      bootId_(std::move(bootId)),
      found_(std::move(found)) {}

Result<std::unique_ptr<OwnerLock>> OwnerLock::take(FileSystem& files, const std::string& stateDir,
                                                   std::string bootId) {
  Status made = files.makeRoot(stateDir);
  if (!made.ok()) return made.error();
  Result<std::unique_ptr<Folder>> folder = files.openRoot(stateDir);
  if (!folder.ok()) return folder.error();
  RelPath name = RelPath::trusted("owner.lock");
  Result<std::unique_ptr<File>> file = (*folder)->open(name, OpenMode::openOrCreate);
  if (!file.ok()) return file.error();
  Result<bool> taken = (*file)->tryLock();
  if (!taken.ok()) return taken.error();
  if (!*taken) {
    return Error{ErrorKind::locked,
                 "the state directory " + stateDir + " belongs to process " + readOwner(**file) +
                     "; close that device, or give this one a stateDir of its own",
                 stateDir, 0};
  }
  std::string found = readLine(**file, 2);
  std::unique_ptr<OwnerLock> lock(
      new OwnerLock(std::move(*folder), std::move(*file), std::move(bootId), std::move(found)));
  Status written = lock->write(lock->found_);
  if (!written.ok()) return written.error();
  return lock;
}

std::optional<LastEnd> OwnerLock::lastEnd() const {
  if (found_.empty()) return std::nullopt;
  if (found_ == kEnded) return LastEnd::clean;
  return found_ == bootId_ ? LastEnd::killed : LastEnd::machineDown;
}

Status OwnerLock::note(Standing standing) {
  Status written = Error{};
  switch (standing) {
    case Standing::working:
      written = write(bootId_);
      break;
    case Standing::inDoubt:
      written = write(std::string(kInDoubt));
      break;
    case Standing::ended:
      written = write(std::string(kEnded));
      break;
  }
  return written.ok() ? file_->sync() : written;
}

Status OwnerLock::write(const std::string& standing) {
  std::string text = std::to_string(getpid()) + "\n";
  if (!standing.empty()) text += standing + "\n";
  std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()),
                                      text.size());
  Status emptied = file_->truncate(0);
  return emptied.ok() ? file_->writeAt(0, bytes) : emptied;
}

}  // namespace cloudsync
