#include "store/state_directory.h"

#include <array>
#include <ctime>

namespace cloudsync {

namespace {

constexpr std::array kSuffixes = {"", "-wal", "-shm"};
constexpr Nanoseconds kSecond = 1'000'000'000;

std::string dateOf(Nanoseconds wallTime) {
  std::time_t seconds = wallTime / kSecond;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return std::string(text.data(), length);
}

}  // namespace

Result<StateDirectory::FileState> StateDirectory::stateOf(const std::string& path) const {
  Result<std::optional<ByteCount>> size = files_.sizeOf(path);
  if (!size) return size.error();
  if (!*size) return FileState::absent;
  return **size == 0 ? FileState::empty : FileState::filled;
}

Result<StateDirectory::Found> StateDirectory::look() const {
  Result<FileState> database = stateOf(databasePath());
  if (!database) return database.error();
  Result<FileState> log = stateOf(databasePath() + "-wal");
  if (!log) return log.error();
  return Found{*database, *log};
}

Result<bool> StateDirectory::isTaken(const std::string& path) const {
  for (const char* suffix : {"", "-wal"}) {
    Result<std::optional<ByteCount>> size = files_.sizeOf(path + suffix);
    if (!size) return size.error();
    if (*size) return true;
  }
  return false;
}

Result<std::string> StateDirectory::setAside(Nanoseconds wallTime) const {
  std::string base = databasePath() + ".corrupt-" + dateOf(wallTime);
  std::string target = base;
  for (int copy = 2;; ++copy) {
    Result<bool> taken = isTaken(target);
    if (!taken) return taken.error();
    if (!*taken) break;
    target = base + "-" + std::to_string(copy);
  }
  // The database first: once it is gone, SQLite cannot apply its log to anything else.
  for (const char* suffix : kSuffixes) {
    Status moved = files_.move(databasePath() + suffix, target + suffix);
    if (!moved && moved.error().kind != ErrorKind::notFound) return moved.error();
  }
  Status synced = sync();
  if (!synced) return synced.error();
  return target;
}

}  // namespace cloudsync
