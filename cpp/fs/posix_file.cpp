#include "fs/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <string>

#include "fs/lease.h"
#include "fs/posix_stat.h"

namespace cloudsync {

namespace {

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr ByteCount kBlock = 4096;                    // no disk's logical block is larger
constexpr std::size_t kLongestAttribute = 64 * 1024;  // of the kernel

// Before 1970 the nanoseconds count up from the second below, never down from the one above.
timespec toTimespec(Nanoseconds time) {
  Nanoseconds seconds = time / kSecond;
  Nanoseconds rest = time % kSecond;
  if (rest < 0) {
    rest += kSecond;
    --seconds;
  }
  return timespec{static_cast<time_t>(seconds), static_cast<long>(rest)};
}

std::string attributeName(std::string_view name) { return "user." + std::string(name); }

}  // namespace

Error PosixFile::failure(std::string_view what) const { return fromErrno(errno, what, subject_); }

Result<FileStat> PosixFile::stat() { return statDescriptor(descriptor_.get(), subject_); }

Result<std::size_t> PosixFile::readAt(ByteCount offset, std::span<std::uint8_t> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    ssize_t count = uninterrupted([&] {
      return ::pread(descriptor_.get(), into.data() + done, into.size() - done,
                     static_cast<off_t>(offset + done));
    });
    if (count < 0) return failure("cannot read the file");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

// A second description of the open file: O_DIRECT belongs to the description, and what is not
// aligned, and every read, needs one without it.
void PosixFile::bypassCache() {
  std::string self = "/proc/self/fd/" + std::to_string(descriptor_.get());
  direct_ = Descriptor(
      uninterrupted([&] { return ::open(self.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC); }));
}

bool PosixFile::writesDirectly(ByteCount offset, std::span<const std::uint8_t> bytes) const {
  if (!direct_.valid() || refusesDirect_) return false;
  auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  return (offset | bytes.size() | address) % kBlock == 0;
}

Status PosixFile::writeAt(ByteCount offset, std::span<const std::uint8_t> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    bool direct = writesDirectly(offset + done, bytes.subspan(done));
    ssize_t count = uninterrupted([&] {
      return ::pwrite(direct ? direct_.get() : descriptor_.get(), bytes.data() + done,
                      bytes.size() - done, static_cast<off_t>(offset + done));
    });
    if (count < 0 && direct && errno == EINVAL) {
      refusesDirect_ = true;  // other blocks than ours, or a file system that cannot
      continue;
    }
    if (count < 0) return failure("cannot write the file");
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Status PosixFile::truncate(ByteCount size) {
  if (uninterrupted([&] { return ::ftruncate(descriptor_.get(), static_cast<off_t>(size)); }) !=
      0) {
    return failure("cannot change the size of the file");
  }
  return {};
}

Status PosixFile::allocate(ByteCount size) {
  if (size == 0) return {};
  int failed = uninterrupted([&] {
    return ::fallocate(descriptor_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size));
  });
  if (failed == 0 || errno == EOPNOTSUPP || errno == ENOSYS) return {};
  return failure("cannot reserve space for the file");
}

void PosixFile::startWriteback(ByteRange range) {
  ::sync_file_range(descriptor_.get(), static_cast<off64_t>(range.begin),
                    static_cast<off64_t>(range.size()), SYNC_FILE_RANGE_WRITE);
}

Status PosixFile::sync() {
  if (uninterrupted([&] { return ::fsync(descriptor_.get()); }) != 0) {
    return failure("cannot bring the file to the disk");
  }
  return {};
}

Status PosixFile::setTimes(Nanoseconds accessTime, Nanoseconds modifyTime) {
  timespec times[2] = {toTimespec(accessTime), toTimespec(modifyTime)};
  if (::futimens(descriptor_.get(), times) != 0) return failure("cannot set the file's times");
  return {};
}

Status PosixFile::setPermissions(std::uint32_t permissions) {
  if (::fchmod(descriptor_.get(), static_cast<mode_t>(permissions & 07777U)) != 0) {
    return failure("cannot set the file's permissions");
  }
  return {};
}

Result<LeaseState> PosixFile::takeReadLease() {
  return cloudsync::takeReadLease(descriptor_.get(), subject_);
}

Result<bool> PosixFile::leaseBroken() {
  return cloudsync::leaseBroken(descriptor_.get(), subject_);
}

void PosixFile::releaseLease() { cloudsync::releaseLease(descriptor_.get()); }

Result<bool> PosixFile::tryLock() { return cloudsync::tryLock(descriptor_.get(), subject_); }

void PosixFile::unlock() { cloudsync::unlock(descriptor_.get()); }

Result<std::optional<std::string>> PosixFile::attribute(std::string_view name) {
  std::string full = attributeName(name);
  std::string value(256, '\0');
  while (true) {
    ssize_t size = ::fgetxattr(descriptor_.get(), full.c_str(), value.data(), value.size());
    if (size >= 0) {
      value.resize(static_cast<std::size_t>(size));
      return std::optional<std::string>(std::move(value));
    }
    if (errno == ENODATA) return std::optional<std::string>();
    if (errno != ERANGE || value.size() >= kLongestAttribute) {
      return failure("cannot read an attribute of the file");
    }
    value.resize(kLongestAttribute);
  }
}

Status PosixFile::setAttribute(std::string_view name, std::string_view value) {
  std::string full = attributeName(name);
  if (::fsetxattr(descriptor_.get(), full.c_str(), value.data(), value.size(), 0) != 0) {
    return failure("cannot set an attribute of the file");
  }
  return {};
}

}  // namespace cloudsync
