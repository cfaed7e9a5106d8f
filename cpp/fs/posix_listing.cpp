// The listing half of PosixFolder. The hot path of every run with nothing to do: one getdents64 for
// some hundred names, one statx for each, no allocation per entry.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "fs/posix_folder.h"
#include "fs/posix_stat.h"

namespace cloudsync {

namespace {

constexpr std::size_t kBufferSize = 32 * 1024;
constexpr int kWalkFlags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;

// The kernel's linux_dirent64; the name follows.
struct RawEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
};
constexpr std::size_t kNameOffset = offsetof(RawEntry, type) + 1;

FileType typeOf(std::uint8_t raw) {
  switch (raw) {
    case DT_REG:
      return FileType::file;
    case DT_DIR:
      return FileType::directory;
    case DT_LNK:
      return FileType::symlink;
    default:
      return FileType::other;
  }
}

bool isSelfOrParent(std::string_view name) { return name == "." || name == ".."; }

// Calls `visit(name, inode, d_type)` for every entry of the directory that `fd` names. The listing
// has a description, and so a position, of its own: the same folder may be listed by many threads.
template <class Visit>
Status forEachEntry(int fd, Visit visit) {
  Descriptor own(uninterrupted(
      [fd] { return ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK); }));
  if (!own.valid()) return fromErrno(errno, "cannot open the directory", "");
  alignas(RawEntry) std::array<char, kBufferSize> buffer;
  while (true) {
    long filled = ::syscall(SYS_getdents64, own.get(), buffer.data(), buffer.size());
    if (filled < 0) return fromErrno(errno, "cannot list the directory", "");
    if (filled == 0) return {};
    for (long at = 0; at < filled;) {
      const char* raw = buffer.data() + at;
      const auto* entry = reinterpret_cast<const RawEntry*>(raw);
      std::string_view name(raw + kNameOffset);
      at += entry->length;
      if (!isSelfOrParent(name)) visit(name, entry->inode, entry->type);
    }
  }
}

// For file systems that leave the type to stat. What vanished meanwhile keeps the type it has.
Status askForType(int fd, const char* name, FileType& type) {
  struct statx raw;
  if (::statx(fd, name, kWalkFlags, STATX_TYPE, &raw) == 0) {
    type = typeOfMode(raw.stx_mode);
  } else if (errno != ENOENT) {
    return fromErrno(errno, "cannot look at the entry", name);
  }
  return {};
}

}  // namespace

Result<std::vector<DirectoryEntry>> PosixFolder::list() {
  std::vector<DirectoryEntry> entries;
  std::vector<std::size_t> untold;
  Status listed = forEachEntry(descriptor_.get(),
                               [&](std::string_view name, std::uint64_t inode, std::uint8_t type) {
                                 if (type == DT_UNKNOWN) untold.push_back(entries.size());
                                 entries.push_back({std::string(name), typeOf(type), inode});
                               });
  if (!listed) return listed.error();
  for (std::size_t at : untold) {
    Status told = askForType(descriptor_.get(), entries[at].name.c_str(), entries[at].type);
    if (!told) return told.error();
  }
  return entries;
}

Result<NameList> PosixFolder::listNames() {
  NameList list;
  std::vector<std::size_t> untold;
  Status listed =
      forEachEntry(descriptor_.get(), [&](std::string_view name, std::uint64_t, std::uint8_t type) {
        if (type == DT_UNKNOWN) untold.push_back(list.names().size());
        list.add(name, typeOf(type));
      });
  if (!listed) return listed.error();
  for (std::size_t at : untold) {
    ListedName& name = list.names()[at];
    Status told = askForType(descriptor_.get(), name.text, name.type);
    if (!told) return told.error();
  }
  return list;
}

Result<std::vector<NameStat>> PosixFolder::statNames(std::span<const ListedName> names) {
  std::vector<NameStat> found(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    struct statx raw;
    if (::statx(descriptor_.get(), names[i].text, kWalkFlags, STATX_BASIC_STATS | STATX_BTIME,
                &raw) == 0) {
      found[i].stat = toFileStat(raw);
      if ((raw.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) {
        found[i].presence = NameStat::Presence::mountPoint;
      }
    } else if (errno == ENOENT) {
      found[i].presence = NameStat::Presence::vanished;
    } else {
      return fromErrno(errno, "cannot look at the entry", names[i].view());
    }
  }
  return found;
}

}  // namespace cloudsync
