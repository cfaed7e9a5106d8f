#include "fs/posix_folder.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>

#include "fs/posix_file.h"
#include "fs/posix_stat.h"

namespace cloudsync {

namespace {

bool kernelIsAtLeast(int major, int minor) {
  utsname name{};
  if (::uname(&name) != 0) return false;
  int found[2] = {0, 0};
  if (std::sscanf(name.release, "%d.%d", &found[0], &found[1]) != 2) return false;
  return found[0] > major || (found[0] == major && found[1] >= minor);
}

// FUSE and network file systems answer syncfs() without asking their server; before Linux 5.8 it
// told of no failed write. There an fsync of each file is what it takes.
bool syncfsIsTrustedAt(int fd) {
  struct statfs found{};
  if (!kernelIsAtLeast(5, 8) || ::fstatfs(fd, &found) != 0) return false;
  switch (static_cast<std::uint32_t>(found.f_type)) {
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
      return true;
    default:
      return false;
  }
}

constexpr mode_t kFileMode = 0666;    // less the umask: what a user's own program would make
constexpr mode_t kFolderMode = 0777;  // the same

int flagsOf(OpenMode mode) {
  // O_NONBLOCK: a FIFO answers at once, and so does a file under somebody's lease (EAGAIN).
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY | O_NONBLOCK;
    case OpenMode::readWrite:
      return O_RDWR | O_NONBLOCK;
    case OpenMode::createNew:
      return O_RDWR | O_NONBLOCK | O_CREAT | O_EXCL;
    case OpenMode::openOrCreate:
      return O_RDWR | O_NONBLOCK | O_CREAT;
  }
  return O_RDONLY;
}

// Something that is no regular file stands there.
Error wrongType(FileType type, const RelPath& path) {
  switch (type) {
    case FileType::directory:
      return Error{ErrorKind::isDirectory, "a directory, not a file", path.text(), EISDIR};
    case FileType::symlink:
      return Error{ErrorKind::notSupported, "a symbolic link, not a file", path.text(), ELOOP};
    case FileType::other:
    case FileType::file:
      break;
  }
  return Error{ErrorKind::notSupported, "a FIFO, socket or device, not a file", path.text(), 0};
}

Error openError(const Error& error, const RelPath& path) {
  switch (error.systemCode) {
    case ELOOP:
      return wrongType(FileType::symlink, path);
    case ENXIO:  // a socket, or a FIFO without a reader
    case ENODEV:
      return wrongType(FileType::other, path);
    case EAGAIN:
      return Error{ErrorKind::busy, "somebody holds a lease on the file", path.text(), EAGAIN};
    default:
      return error;
  }
}

}  // namespace

Result<FileStat> PosixFolder::stat() { return statDescriptor(descriptor_.get(), ""); }

Result<FileStat> PosixFolder::stat(const RelPath& path) {
  if (path.isRoot()) return stat();
  Result<Place> place = placeBeneath(descriptor_.get(), path, resolution_);
  if (!place) return place.error();
  struct statx raw;
  if (::statx(place->directory, place->name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
              STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) {
    return fromErrno(errno, "cannot look at the entry", path.text());
  }
  return toFileStat(raw);
}

Result<std::unique_ptr<File>> PosixFolder::open(const RelPath& path, OpenMode mode) {
  if (path.isRoot()) return wrongType(FileType::directory, path);
  Result<Descriptor> opened =
      openBeneath(descriptor_.get(), path, flagsOf(mode), kFileMode, resolution_);
  if (!opened) return openError(opened.error(), path);
  auto file = [&] {
    return std::unique_ptr<File>(std::make_unique<PosixFile>(std::move(*opened), path.text()));
  };
  if (mode == OpenMode::createNew) return file();  // nothing else can be made by it
  Result<FileStat> found = statDescriptor(opened->get(), path.text());
  if (!found) return found.error();
  if (found->type != FileType::file) return wrongType(found->type, path);
  return file();
}

Result<std::unique_ptr<Folder>> PosixFolder::openFolder(const RelPath& path) {
  Result<Descriptor> opened =
      openBeneath(descriptor_.get(), path, O_RDONLY | O_DIRECTORY, 0, resolution_);
  if (!opened) return opened.error();
  return std::unique_ptr<Folder>(std::make_unique<PosixFolder>(std::move(*opened), resolution_));
}

Status PosixFolder::makeFolder(const RelPath& path) {
  Result<Place> place = placeBeneath(descriptor_.get(), path, resolution_);
  if (!place) return place.error();
  if (::mkdirat(place->directory, place->name.c_str(), kFolderMode) != 0) {
    return fromErrno(errno, "cannot make the directory", path.text());
  }
  return {};
}

Status PosixFolder::removeFolder(const RelPath& path) {
  Result<Place> place = placeBeneath(descriptor_.get(), path, resolution_);
  if (!place) return place.error();
  if (::unlinkat(place->directory, place->name.c_str(), AT_REMOVEDIR) != 0) {
    // POSIX allows either of two codes for a directory that is not empty.
    int code = errno == EEXIST ? ENOTEMPTY : errno;
    return fromErrno(code, "cannot remove the directory", path.text());
  }
  return {};
}

Status PosixFolder::removeFile(const RelPath& path) {
  Result<Place> place = placeBeneath(descriptor_.get(), path, resolution_);
  if (!place) return place.error();
  if (::unlinkat(place->directory, place->name.c_str(), 0) != 0) {
    return fromErrno(errno, "cannot remove the file", path.text());
  }
  return {};
}

Status PosixFolder::rename(const RelPath& from, const RelPath& to, unsigned int flags) {
  Result<Place> source = placeBeneath(descriptor_.get(), from, resolution_);
  if (!source) return source.error();
  Result<Place> target = placeBeneath(descriptor_.get(), to, resolution_);
  if (!target) return target.error();
  if (::renameat2(source->directory, source->name.c_str(), target->directory, target->name.c_str(),
                  flags) == 0) {
    return {};
  }
  // EINVAL is how a file system says that it does not know the flag, but also how the kernel
  // refuses to move a directory into itself.
  int code = errno;
  if (code == EINVAL && flags != 0 && !from.contains(to) && !to.contains(from)) code = ENOSYS;
  return fromErrno(code, "cannot move to '" + to.text() + "'", from.text());
}

Status PosixFolder::moveNoReplace(const RelPath& from, const RelPath& to) {
  return rename(from, to, RENAME_NOREPLACE);
}

Status PosixFolder::moveReplacing(const RelPath& from, const RelPath& to) {
  return rename(from, to, 0);
}

Status PosixFolder::exchange(const RelPath& a, const RelPath& b) {
  return rename(a, b, RENAME_EXCHANGE);
}

Status PosixFolder::syncFolder(const RelPath& path) {
  Descriptor opened;
  int fd = descriptor_.get();
  if (!path.isRoot()) {
    Result<Descriptor> below =
        openBeneath(descriptor_.get(), path, O_RDONLY | O_DIRECTORY, 0, resolution_);
    if (!below) return below.error();
    opened = std::move(*below);
    fd = opened.get();
  }
  if (uninterrupted([fd] { return ::fsync(fd); }) != 0) {
    return fromErrno(errno, "cannot bring the directory to the disk", path.text());
  }
  return {};
}

Status PosixFolder::syncAll() {
  if (uninterrupted([this] { return ::syncfs(descriptor_.get()); }) != 0) {
    return fromErrno(errno, "cannot bring the file system to the disk", "");
  }
  return {};
}

bool PosixFolder::syncsAllAtOnce() {
  std::call_once(askedForSyncs_,
                 [this] { syncsAllAtOnce_ = syncfsIsTrustedAt(descriptor_.get()); });
  return syncsAllAtOnce_;
}

Result<std::string> PosixFolder::readLink(const RelPath& path) {
  Result<Place> place = placeBeneath(descriptor_.get(), path, resolution_);
  if (!place) return place.error();
  std::string target(PATH_MAX, '\0');
  ssize_t size = ::readlinkat(place->directory, place->name.c_str(), target.data(), target.size());
  if (size < 0) {
    if (errno == EINVAL) {
      return Error{ErrorKind::invalidArgument, "not a symbolic link", path.text(), EINVAL};
    }
    return fromErrno(errno, "cannot read the symbolic link", path.text());
  }
  target.resize(static_cast<std::size_t>(size));
  return target;
}

Result<SpaceInfo> PosixFolder::space() {
  struct statvfs info;
  if (uninterrupted([&] { return ::fstatvfs(descriptor_.get(), &info); }) != 0) {
    return fromErrno(errno, "cannot ask for the free space", "");
  }
  return SpaceInfo{info.f_blocks * info.f_frsize, info.f_bavail * info.f_frsize};
}

}  // namespace cloudsync
