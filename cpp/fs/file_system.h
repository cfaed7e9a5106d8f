#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/rel_path.h"
#include "base/result.h"

namespace cloudsync {

enum class FileType : std::uint8_t { file, directory, symlink, other };

// What tells one state of a local file from another. ctime is there because a user can set mtime
// back, but not ctime; inode and birth time because a file can be replaced by another.
struct FileStat {
  FileType type = FileType::file;
  std::uint32_t permissions = 0;  // the low 12 mode bits
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  ByteCount size = 0;
  std::uint32_t links = 1;
  Nanoseconds birthTime = 0;  // 0 where the file system does not tell
  Nanoseconds modifyTime = 0;
  Nanoseconds changeTime = 0;
  Nanoseconds accessTime = 0;

  friend bool operator==(const FileStat&, const FileStat&) = default;
};

struct SpaceInfo {
  ByteCount total = 0;
  ByteCount available = 0;  // to us, not to root
};

// The result of looking for writers on an open file.
enum class LeaseState { held, openForWriting, unsupported };

// An open regular file. One owner; closes in its destructor. Not for concurrent use, but for
// pread/pwrite of disjoint ranges.
class File {
 public:
  virtual ~File() = default;

  virtual Result<FileStat> stat() = 0;
  // Fills `into` from `offset` and returns the bytes read: fewer only at the end of the file.
  virtual Result<std::size_t> readAt(ByteCount offset, std::span<std::uint8_t> into) = 0;
  // Writes all of `bytes`, or fails.
  virtual Status writeAt(ByteCount offset, std::span<const std::uint8_t> bytes) = 0;
  virtual Status truncate(ByteCount size) = 0;
  // Reserves blocks so that later writes are cheap and ENOSPC comes now. A file system that cannot
  // is not an error.
  virtual Status allocate(ByteCount size) = 0;
  // Writes of whole, aligned blocks go past the page cache from now on, where the file system can.
  // Before the first write; a hint.
  virtual void bypassCache() {}
  // Lets the disk start early on what was written, so that sync() is short. A hint.
  virtual void startWriteback(ByteRange range) = 0;
  virtual Status sync() = 0;  // content and size are on disk when it returns
  virtual Status setTimes(Nanoseconds accessTime, Nanoseconds modifyTime) = 0;
  virtual Status setPermissions(std::uint32_t permissions) = 0;  // the low 12 mode bits

  // A read lease (F_SETLEASE): `held` only if nobody has the file open for writing, writable
  // mappings included. It is released with the file, or by release().
  virtual Result<LeaseState> takeReadLease() = 0;
  // Did somebody open the file for writing, or truncate it, since the lease was taken?
  virtual Result<bool> leaseBroken() = 0;
  virtual void releaseLease() = 0;

  // An exclusive open-file-description lock, without waiting: false when somebody else holds it.
  virtual Result<bool> tryLock() = 0;
  virtual void unlock() = 0;

  // Extended attributes of the user namespace ("cloudsync.sha256", without "user.").
  virtual Result<std::optional<std::string>> attribute(std::string_view name) = 0;
  virtual Status setAttribute(std::string_view name, std::string_view value) = 0;
};

enum class OpenMode {
  read,          // O_RDONLY, never follows a symlink, never blocks on a FIFO
  readWrite,     // an existing file
  createNew,     // fails with `exists` when there is something of that name
  openOrCreate,  // read and write
};

// One name in a directory, as the directory itself tells it.
struct DirectoryEntry {
  std::string name;
  FileType type = FileType::other;
  std::uint64_t inode = 0;
};

// One name in a NameList; the text is followed by a NUL.
struct ListedName {
  const char* text = "";
  std::uint16_t length = 0;
  FileType type = FileType::other;

  std::string_view view() const { return {text, length}; }
};

// The names of one directory, packed: a directory of a million entries fits. Moves keep the texts.
class NameList {
 public:
  std::vector<ListedName>& names() { return names_; }
  const std::vector<ListedName>& names() const { return names_; }

  void add(std::string_view name, FileType type) {
    char* place = reserve(name.size() + 1);
    name.copy(place, name.size());
    place[name.size()] = '\0';
    names_.push_back({place, static_cast<std::uint16_t>(name.size()), type});
  }

 private:
  static constexpr std::size_t kFirstBlock = 1024;  // most directories are small
  static constexpr std::size_t kLargestBlock = 64 * 1024;

  char* reserve(std::size_t length) {
    if (used_ + length > capacity_) {
      capacity_ = std::max(std::clamp(capacity_ * 4, kFirstBlock, kLargestBlock), length);
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(capacity_));
      used_ = 0;
    }
    char* place = blocks_.back().get() + used_;
    used_ += length;
    return place;
  }

  std::vector<ListedName> names_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
};

// What an lstat of a listed name found.
struct NameStat {
  enum class Presence : std::uint8_t {
    there,
    mountPoint,  // there, but another file system (or a bind mount) begins here
    vanished,    // removed since it was listed
    leftOut,     // not looked at: a filter leaves it out
  };
  Presence presence = Presence::there;
  FileStat stat;
};

// An open directory: the anchor of everything below it. Every path is relative, and no path, no
// symlink and no race reaches outside (openat2 with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS); a
// symlink in the middle of a path is an error, at its end it is an entry of its own.
// Methods: any thread, concurrently.
class Folder {
 public:
  virtual ~Folder() = default;

  virtual Result<FileStat> stat() = 0;                     // of the directory itself
  virtual Result<FileStat> stat(const RelPath& path) = 0;  // lstat; `notFound` when absent
  virtual Result<std::unique_ptr<File>> open(const RelPath& path, OpenMode mode) = 0;
  virtual Result<std::unique_ptr<Folder>> openFolder(const RelPath& path) = 0;

  // Every entry but "." and "..", in no order.
  virtual Result<std::vector<DirectoryEntry>> list() = 0;
  // The same for walks: names and types only, packed.
  virtual Result<NameList> listNames() = 0;
  // An lstat of each of these names, in their order. An error of any but `notFound` fails them all.
  virtual Result<std::vector<NameStat>> statNames(std::span<const ListedName> names) = 0;

  virtual Status makeFolder(const RelPath& path) = 0;    // one level; `exists` when taken
  virtual Status removeFolder(const RelPath& path) = 0;  // `notEmpty` when it holds anything
  virtual Status removeFile(const RelPath& path) = 0;
  // Moves onto a free name; `exists` when it is taken. Where the file system tells no cases apart,
  // another spelling of its own name is free.
  virtual Status moveNoReplace(const RelPath& from, const RelPath& to) = 0;
  // Moves over whatever file stands there. Only for files of our own.
  virtual Status moveReplacing(const RelPath& from, const RelPath& to) = 0;
  // The two names change places in one step; `notSupported` where the file system cannot.
  virtual Status exchange(const RelPath& a, const RelPath& b) = 0;
  // The names in directory `path` are on disk when it returns.
  virtual Status syncFolder(const RelPath& path) = 0;
  // All that was written to this file system so far is on disk when it returns; only where
  // syncsAllAtOnce(). Fails for any file's error, also somebody else's.
  virtual Status syncAll() = 0;
  virtual bool syncsAllAtOnce() = 0;

  virtual Result<std::string> readLink(const RelPath& path) = 0;
  virtual Result<SpaceInfo> space() = 0;
};

// Where files live. Real (posix_file_system.h) or simulated (sim_file_system.h).
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Opens an existing directory by absolute path; symlinks on the way to it are the user's choice.
  virtual Result<std::unique_ptr<Folder>> openRoot(const std::string& absolutePath) = 0;
  // Makes the directory and its parents where missing, with mode 0700 for what it makes.
  virtual Status makeRoot(const std::string& absolutePath) = 0;
};

}  // namespace cloudsync
