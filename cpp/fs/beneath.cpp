#include "fs/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <string_view>

namespace cloudsync {

namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr int kOpenAgain = 64;  // a rename raced with the resolution: EAGAIN, try again

int openInKernel(int anchor, const char* path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<__u64>(flags);
  how.mode = (flags & O_CREAT) ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, anchor, path, &how, sizeof how));
}

// ELOOP (openat2) and ENOTDIR (openat of a symlink with O_DIRECTORY) tell the same: on the way
// stands something that is not a directory.
Error pathError(int code, const RelPath& path) {
  return fromErrno(code == ELOOP ? ENOTDIR : code, "cannot follow the path", path.text());
}

// Opens the directory `text` below `anchor`; `text` is not empty.
Result<Descriptor> openComponents(int anchor, std::string_view text, const RelPath& path) {
  Descriptor current;
  int directory = anchor;
  while (true) {
    std::size_t slash = text.find('/');
    std::string component(text.substr(0, slash));
    Descriptor next(
        uninterrupted([&] { return ::openat(directory, component.c_str(), kDirectoryFlags); }));
    if (!next.valid()) return pathError(errno, path);
    if (slash == std::string_view::npos) return next;
    text.remove_prefix(slash + 1);
    current = std::move(next);
    directory = current.get();
  }
}

Result<Descriptor> openDirectory(int anchor, const RelPath& path, Resolution resolution) {
  if (resolution == Resolution::componentWise) return openComponents(anchor, path.text(), path);
  for (int attempt = 0;; ++attempt) {
    Descriptor opened(uninterrupted(
        [&] { return openInKernel(anchor, path.text().c_str(), kDirectoryFlags, 0); }));
    if (opened.valid()) return opened;
    if (errno != EAGAIN || attempt == kOpenAgain) return pathError(errno, path);
  }
}

}  // namespace

Resolution bestResolution() {
  Descriptor probe(openInKernel(AT_FDCWD, ".", O_PATH | O_CLOEXEC, 0));
  if (probe.valid()) return Resolution::kernel;
  // Old kernels say ENOSYS; old sandboxes answer EPERM to calls they do not know.
  return errno == ENOSYS || errno == EPERM ? Resolution::componentWise : Resolution::kernel;
}

Status checkBeneath(const RelPath& path) {
  std::string_view left = path.text();
  if (left.empty()) return {};
  auto refuse = [&path](NameFault fault) {
    return Error{ErrorKind::invalidName, std::string(describe(fault)), path.text(), 0};
  };
  if (left.find('\0') != std::string_view::npos) return refuse(NameFault::nul);
  while (true) {
    std::size_t slash = left.find('/');
    std::string_view component = left.substr(0, slash);
    if (component.empty()) return refuse(NameFault::empty);
    if (component == "." || component == "..") return refuse(NameFault::dotComponent);
    if (slash == std::string_view::npos) return {};
    left.remove_prefix(slash + 1);
  }
}

Result<Place> placeBeneath(int anchor, const RelPath& path, Resolution resolution) {
  Status sound = checkBeneath(path);
  if (!sound) return sound.error();
  if (path.isRoot()) {
    return Error{ErrorKind::invalidArgument, "the root itself has no place in a directory", "", 0};
  }
  Place place{{}, anchor, std::string(path.name())};
  RelPath parent = path.parent();
  if (parent.isRoot()) return place;
  Result<Descriptor> opened = openDirectory(anchor, parent, resolution);
  if (!opened) return opened.error();
  place.owned = std::move(*opened);
  place.directory = place.owned.get();
  return place;
}

Result<Descriptor> openBeneath(int anchor, const RelPath& path, int flags, mode_t mode,
                               Resolution resolution) {
  if (path.isRoot()) {
    Descriptor same(uninterrupted([&] { return ::openat(anchor, ".", flags | O_CLOEXEC); }));
    if (!same.valid()) return fromErrno(errno, "cannot open the directory", "");
    return same;
  }
  if ((flags & O_DIRECTORY) != 0) {
    Status sound = checkBeneath(path);
    if (!sound) return sound.error();
    return openDirectory(anchor, path, resolution);
  }
  if (resolution == Resolution::kernel) {
    Status sound = checkBeneath(path);
    if (!sound) return sound.error();
    Descriptor opened(uninterrupted([&] {
      return openInKernel(anchor, path.text().c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
    }));
    if (opened.valid()) return opened;
    // Which component is the symlink, and whether a rename or a lease was in the way, only two
    // steps can tell; and two may be longer together than one may be alone.
    if (errno != ELOOP && errno != EAGAIN && errno != ENAMETOOLONG) {
      return fromErrno(errno, "cannot open the file", path.text());
    }
  }
  Result<Place> place = placeBeneath(anchor, path, resolution);
  if (!place) return place.error();
  Descriptor opened(uninterrupted([&] {
    return ::openat(place->directory, place->name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
  }));
  if (!opened.valid()) return fromErrno(errno, "cannot open the file", path.text());
  return opened;
}

}  // namespace cloudsync
