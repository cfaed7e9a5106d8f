#include "fs/posix_file_system.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "fs/posix_folder.h"

namespace cloudsync {

namespace {

constexpr mode_t kPrivate = 0700;

Status checkAbsolute(const std::string& path) {
  if (path.starts_with('/') && path.find('\0') == std::string::npos) return {};
  return Error{ErrorKind::invalidArgument, "not an absolute path", path, 0};
}

Result<Descriptor> openDirectory(const std::string& path) {
  Descriptor opened(uninterrupted(
      [&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK); }));
  if (!opened.valid()) return fromErrno(errno, "cannot open the directory", path);
  return opened;
}

// A new directory is there after a power cut only if its name is on disk in the one above.
Status syncParent(const std::string& path) {
  std::size_t slash = path.rfind('/');
  Result<Descriptor> parent = openDirectory(slash == 0 ? "/" : path.substr(0, slash));
  if (!parent) return parent.error();
  if (uninterrupted([&] { return ::fsync(parent->get()); }) != 0) {
    return fromErrno(errno, "cannot bring the directory to the disk", path);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Folder>> PosixFileSystem::openRoot(const std::string& absolutePath) {
  Status absolute = checkAbsolute(absolutePath);
  if (!absolute) return absolute.error();
  Result<Descriptor> opened = openDirectory(absolutePath);
  if (!opened) return opened.error();
  return std::unique_ptr<Folder>(std::make_unique<PosixFolder>(std::move(*opened), resolution_));
}

Status PosixFileSystem::makeRoot(const std::string& absolutePath) {
  Status absolute = checkAbsolute(absolutePath);
  if (!absolute) return absolute;
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = absolutePath.find('/', end + 1);
    std::string path = absolutePath.substr(0, end);
    if (path.ends_with('/')) continue;  // "//", or a slash at the end
    if (::mkdir(path.c_str(), kPrivate) == 0) {
      Status durable = syncParent(path);
      if (!durable) return durable;
      continue;
    }
    // Above, anything that can be walked through is fine, symlinks of the user included; mkdir may
    // answer EROFS or EACCES before it says that the directory exists.
    struct stat found;
    int code = errno;
    if (::stat(path.c_str(), &found) != 0) {
      return fromErrno(code, "cannot make the directory", path);
    }
    if (!S_ISDIR(found.st_mode)) return fromErrno(ENOTDIR, "cannot make the directory", path);
  }
  return {};
}

}  // namespace cloudsync
