#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "store/state_files.h"

namespace cloudsync {

namespace {

constexpr mode_t kPrivateDirectory = 0700;
constexpr mode_t kPrivateFile = 0600;

bool exists(const std::string& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace

Status PosixStateFiles::makeDirectory(const std::string& path) const {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), kPrivateDirectory) != 0 && errno != EEXIST) {
      // On the way down a directory may be there and still forbid to be made (EROFS, EACCES).
      int code = errno;
      if (!exists(part)) return fromErrno(code, "cannot make the state directory", part);
    }
    if (slash == std::string::npos) return {};
  }
}

Result<std::optional<ByteCount>> PosixStateFiles::sizeOf(const std::string& path) const {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) {
    return std::optional<ByteCount>(static_cast<ByteCount>(info.st_size));
  }
  if (errno == ENOENT) return std::optional<ByteCount>();
  return fromErrno(errno, "cannot look at the state database", path);
}

Status PosixStateFiles::create(const std::string& path) const {
  int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, kPrivateFile);
  if (descriptor < 0) return fromErrno(errno, "cannot create the state database", path);
  ::close(descriptor);
  return {};
}

Status PosixStateFiles::makePrivate(const std::string& path) const {
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

Status PosixStateFiles::move(const std::string& from, const std::string& to) const {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  return fromErrno(errno, "cannot set the broken state database aside", from);
}

Status PosixStateFiles::syncDirectory(const std::string& path) const {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return fromErrno(errno, "cannot open the state directory", path);
  int code = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (code != 0) return fromErrno(code, "cannot sync the state directory", path);
  return {};
}
}  // namespace cloudsync
