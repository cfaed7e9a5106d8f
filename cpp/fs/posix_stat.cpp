#include "fs/posix_stat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

namespace cloudsync {

namespace {

Nanoseconds toNanoseconds(const struct statx_timestamp& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileType typeOfMode(unsigned int mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::file;
    case S_IFDIR:
      return FileType::directory;
    case S_IFLNK:
      return FileType::symlink;
    default:
      return FileType::other;
  }
}

FileStat toFileStat(const struct statx& raw) {
  FileStat stat;
  stat.type = typeOfMode(raw.stx_mode);
  stat.permissions = raw.stx_mode & 07777U;
  stat.inode = raw.stx_ino;
  stat.device = ::makedev(raw.stx_dev_major, raw.stx_dev_minor);
  stat.size = raw.stx_size;
  stat.links = raw.stx_nlink;
  stat.birthTime = (raw.stx_mask & STATX_BTIME) != 0 ? toNanoseconds(raw.stx_btime) : 0;
  stat.modifyTime = toNanoseconds(raw.stx_mtime);
  stat.changeTime = toNanoseconds(raw.stx_ctime);
  stat.accessTime = toNanoseconds(raw.stx_atime);
  return stat;
}

Result<FileStat> statDescriptor(int fd, std::string_view subject) {
  struct statx raw;
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) {
    return fromErrno(errno, "cannot look at the open file", subject);
  }
  return toFileStat(raw);
}

}  // namespace cloudsync
