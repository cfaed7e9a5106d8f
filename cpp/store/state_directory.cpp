#include "store/state_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

namespace cloudsync {

namespace {

constexpr std::array kSuffixes = {"", "-wal", "-shm"};
constexpr mode_t kPrivateDirectory = 0700;
constexpr mode_t kPrivateFile = 0600;
constexpr Nanoseconds kSecond = 1'000'000'000;

Result<StateDirectory::FileState> stateOf(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return StateDirectory::FileState::absent;
    return fromErrno(errno, "cannot look at the state database", path);
  }
  return info.st_size == 0 ? StateDirectory::FileState::empty : StateDirectory::FileState::filled;
}

bool exists(const std::string& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

std::string dateOf(Nanoseconds wallTime) {
  std::time_t seconds = wallTime / kSecond;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return std::string(text.data(), length);
}

}  // namespace

std::string StateDirectory::databasePath() const { return path_ + "/state.sqlite3"; }

Status StateDirectory::make() const {
  for (std::size_t slash = path_.find('/', 1);; slash = path_.find('/', slash + 1)) {
    std::string part = path_.substr(0, slash);
    if (::mkdir(part.c_str(), kPrivateDirectory) != 0 && errno != EEXIST) {
      // On the way down a directory may be there and still forbid to be made (EROFS, EACCES).
      int code = errno;
      if (!exists(part)) return fromErrno(code, "cannot make the state directory", part);
    }
    if (slash == std::string::npos) return {};
  }
}

Result<StateDirectory::Found> StateDirectory::look() const {
  Result<FileState> database = stateOf(databasePath());
  if (!database) return database.error();
  Result<FileState> log = stateOf(databasePath() + "-wal");
  if (!log) return log.error();
  return Found{*database, *log};
}

Status StateDirectory::createDatabase() const {
  std::string path = databasePath();
  int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, kPrivateFile);
  if (descriptor < 0) return fromErrno(errno, "cannot create the state database", path);
  ::close(descriptor);
  return {};
}

Status StateDirectory::narrowDatabase() const {
  std::string path = databasePath();
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return fromErrno(errno, "cannot look at the state database", path);
  }
  if ((info.st_mode & 0777) == kPrivateFile) return {};
  if (::chmod(path.c_str(), kPrivateFile) != 0) {
    return fromErrno(errno, "cannot make the state database private", path);
  }
  return {};
}

Status StateDirectory::sync() const {
  int descriptor = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return fromErrno(errno, "cannot open the state directory", path_);
  int code = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (code != 0) return fromErrno(code, "cannot sync the state directory", path_);
  return {};
}

Result<std::string> StateDirectory::setAside(Nanoseconds wallTime) const {
  std::string base = databasePath() + ".corrupt-" + dateOf(wallTime);
  std::string target = base;
  for (int copy = 2; exists(target) || exists(target + "-wal"); ++copy) {
    target = base + "-" + std::to_string(copy);
  }
  // The database first: once it is gone, SQLite cannot apply its log to anything else.
  for (const char* suffix : kSuffixes) {
    std::string from = databasePath() + suffix;
    std::string to = target + suffix;
    if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
      return fromErrno(errno, "cannot set the broken state database aside", from);
    }
  }
  Status synced = sync();
  if (!synced) return synced.error();
  return target;
}

}  // namespace cloudsync
