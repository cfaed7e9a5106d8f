#include "fs/lease.h"

#include <fcntl.h>

#include <cerrno>
#include <csignal>

namespace cloudsync {

namespace {

int setLock(int fd, short type) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_SETLK, &lock);
}

}  // namespace

Result<LeaseState> takeReadLease(int fd, std::string_view subject) {
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return LeaseState::unsupported;
  if (::fcntl(fd, F_SETLEASE, F_RDLCK) == 0) return LeaseState::held;
  switch (errno) {
    case EAGAIN:
      return LeaseState::openForWriting;
    case EACCES:  // somebody else's file, and no CAP_LEASE
    case EINVAL:  // a file system without leases
    case ENOSYS:
    case EOPNOTSUPP:
    case ENOLCK:
      return LeaseState::unsupported;
    default:
      return fromErrno(errno, "cannot look for writers", subject);
  }
}

Result<bool> leaseBroken(int fd, std::string_view subject) {
  // While a break is pending, and after it, this answers with the state the breaker wants.
  int state = ::fcntl(fd, F_GETLEASE);
  if (state < 0) return fromErrno(errno, "cannot ask for the lease", subject);
  return state != F_RDLCK;
}

void releaseLease(int fd) { ::fcntl(fd, F_SETLEASE, F_UNLCK); }

Result<bool> tryLock(int fd, std::string_view subject) {
  if (setLock(fd, F_WRLCK) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  return fromErrno(errno, "cannot lock the file", subject);
}

void unlock(int fd) { setLock(fd, F_UNLCK); }

}  // namespace cloudsync
