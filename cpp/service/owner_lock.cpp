#include "service/owner_lock.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace cloudsync {

namespace {

std::string readOwner(File& file) {
  std::array<std::uint8_t, 32> bytes{};
  Result<std::size_t> read = file.readAt(0, bytes);
  if (!read.ok()) return "unknown";
  std::string pid;
  for (std::size_t i = 0; i < *read && bytes[i] >= '0' && bytes[i] <= '9'; ++i) {
    pid += static_cast<char>(bytes[i]);
  }
  return pid.empty() ? "unknown" : pid;
}

}  // namespace

OwnerLock::OwnerLock(std::unique_ptr<Folder> folder, std::unique_ptr<File> file)
    : folder_(std::move(folder)), file_(std::move(file)) {}

Result<std::unique_ptr<OwnerLock>> OwnerLock::take(FileSystem& files, const std::string& stateDir) {
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
  std::string pid = std::to_string(getpid()) + "\n";
  std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(pid.data()),
                                      pid.size());
  Status emptied = (*file)->truncate(0);
  if (!emptied.ok()) return emptied.error();
  Status written = (*file)->writeAt(0, bytes);
  if (!written.ok()) return written.error();
  return std::unique_ptr<OwnerLock>(new OwnerLock(std::move(*folder), std::move(*file)));
}

}  // namespace cloudsync
