#include "watch/inotify_tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "fs/posix_folder.h"

namespace cloudsync {

namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF |
                                IN_DELETE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK;
// Parts of the list of what has no watch; beyond it, larger subtrees stand for smaller ones.
constexpr std::size_t kMostUnwatched = 1024;
// No path is deeper; a longer way up goes round in circles.
constexpr int kDeepest = 1024;

}  // namespace

Status InotifyTree::watchAll() {
  if (!inotify_.valid()) {
    // Where none is left (fs.inotify.max_user_instances) everything is unwatched.
    inotify_ = Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  }
  root_ =
      Descriptor(uninterrupted([this] { return ::open(needs_.root.c_str(), kDirectoryFlags); }));
  struct stat found{};
  if (!root_.valid() || ::fstat(root_.get(), &found) != 0) {
    return fromErrno(errno, "cannot watch the directory", needs_.root);
  }
  device_ = found.st_dev;
  inode_ = found.st_ino;
  unwatched_ = KeySet();
  watchBelow("");
  return Status();
}

bool InotifyTree::rootStands() const {
  struct stat found{};
  bool there = ::stat(needs_.root.c_str(), &found) == 0;
  bool same = there && found.st_dev == device_ && found.st_ino == inode_;
  return same && (rootWatch_ < 0 || directories_.contains(rootWatch_));
}

void InotifyTree::watchBelow(const std::string& key) {
  std::vector<Wanted> wanted;
  if (key.empty()) {
    wanted.push_back({});
  } else {
    // The watch of the directory it is in is found by asking for it again.
    RelPath path = EntryKey{key}.path();
    int parent = rootWatch_;
    if (!path.parent().isRoot()) {
      Result<Descriptor> opened =
          openBeneath(root_.get(), path.parent(), kDirectoryFlags, 0, resolution_);
      if (!opened.ok()) return;  // gone again
      parent = add(opened->get());
    }
    if (!directories_.contains(parent)) {
      watchBelow(std::string(parentKey(key)));
      return;
    }
    wanted.push_back({parent, std::string(path.name())});
  }
  while (!wanted.empty() && !needs_.stopped()) {
    Wanted next = std::move(wanted.back());
    wanted.pop_back();
    watchOne(next, wanted);
  }
}

// First the watch, then the look at what is in it: whatever comes later is told by an event.
void InotifyTree::watchOne(const Wanted& wanted, std::vector<Wanted>& more) {
  std::string key;
  if (wanted.parent >= 0) {
    if (keyOf(wanted.parent, key) != Place::known) return;
    key += wanted.name;
    key += '/';
  }
  Result<Descriptor> opened =
      openBeneath(root_.get(), EntryKey{key}.path(), kDirectoryFlags, 0, resolution_);
  struct stat found{};
  // Gone again, no directory any more, or unreadable: then a run does not see into it either.
  if (!opened.ok() || ::fstat(opened->get(), &found) != 0 || found.st_dev != device_) return;
  int watch = add(opened->get());
  if (watch < 0) {
    giveUp(std::move(key));
    return;
  }
  if (wanted.parent < 0) rootWatch_ = watch;
  directories_[watch] = Directory{wanted.parent, found.st_ino, wanted.name};
  PosixFolder folder(std::move(*opened), resolution_);
  Result<NameList> names = folder.listNames();
  if (!names.ok()) return;
  for (const ListedName& name : names->names()) {
    if (name.type != FileType::directory) continue;
    if (wanted.parent < 0 && name.view() == kReservedName) continue;
    more.push_back({watch, std::string(name.view())});
  }
}

// By descriptor: no symlink and no race can lead it outside.
int InotifyTree::add(int fd) {
  if (!inotify_.valid()) return -1;
  std::string link = "/proc/self/fd/" + std::to_string(fd);
  int watch = ::inotify_add_watch(inotify_.get(), link.c_str(), kMask);
  if (watch >= 0 && !directories_.contains(watch) && directories_.size() >= needs_.mostWatches) {
    ::inotify_rm_watch(inotify_.get(), watch);
    return -1;
  }
  return watch;
}

void InotifyTree::giveUp(std::string key) {
  unwatched_.addSubtree(key);
  unwatched_.coarsen(kMostUnwatched);
}

KeySet InotifyTree::takeUnwatched() { return std::exchange(unwatched_, KeySet()); }

InotifyTree::Place InotifyTree::keyOf(int watch, std::string& key) const {
  std::vector<const std::string*> names;
  for (int depth = 0; watch != rootWatch_; ++depth) {
    auto found = directories_.find(watch);
    if (found == directories_.end()) return names.empty() ? Place::none : Place::lost;
    if (depth == kDeepest) return Place::lost;
    names.push_back(&found->second.name);
    watch = found->second.parent;
  }
  key.clear();
  for (auto name = names.rbegin(); name != names.rend(); ++name) key.append(**name).push_back('/');
  return Place::known;
}

bool InotifyTree::isBelow(int watch, int ancestor) const {
  for (int depth = 0; depth < kDeepest && watch != ancestor; ++depth) {
    auto found = directories_.find(watch);
    if (found == directories_.end()) return false;
    watch = found->second.parent;
  }
  return watch == ancestor;
}

void InotifyTree::recheck(int watch) {
  auto moved = directories_.find(watch);
  if (moved == directories_.end() || watch == rootWatch_) return;
  std::string key;
  if (keyOf(watch, key) == Place::known) {
    RelPath path = EntryKey{key}.path();
    Result<Descriptor> opened = openBeneath(root_.get(), path, kDirectoryFlags, 0, resolution_);
    struct stat found{};
    bool there = opened.ok() && ::fstat(opened->get(), &found) == 0 &&
                 found.st_ino == moved->second.inode && found.st_dev == device_;
    if (there) return;  // the walk over its new place came first
  }
  std::vector<int> gone;
  for (const auto& entry : directories_) {
    if (isBelow(entry.first, watch)) gone.push_back(entry.first);
  }
  for (int each : gone) {
    ::inotify_rm_watch(inotify_.get(), each);
    directories_.erase(each);
  }
}

}  // namespace cloudsync
