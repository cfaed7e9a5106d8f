#pragma once

#include <sys/inotify.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/key_set.h"
#include "base/result.h"
#include "fs/beneath.h"
#include "fs/descriptor.h"

namespace cloudsync {

// The inotify watches of a tree, one for each directory, and which directory each of them stands
// for. A directory that was renamed keeps its watch: it is found again by its inode when it is
// walked over, so that its new place replaces the old one. One thread; owned by InotifyWatcher.
class InotifyTree {
 public:
  struct Needs {
    std::string root;  // absolute
    std::size_t mostWatches = 0;
    std::function<bool()> stopped;
  };
  explicit InotifyTree(Needs needs) : needs_(std::move(needs)), resolution_(bestResolution()) {}

  // Opens the root and watches all of it. May be called again: for a root that was away, or after
  // events were lost.
  Status watchAll();
  // Watches the directory of this key and all below it; what has a watch keeps it.
  void watchBelow(const std::string& key);

  const std::string& root() const { return needs_.root; }
  // To read events from; -1 when the kernel gave none.
  int descriptor() const { return inotify_.get(); }
  // Does the root's own name still lead to what is watched?
  bool rootStands() const;

  // The key of a watched directory. Nothing: there is no such watch. `lost` when its place is not
  // known any more.
  enum class Place { known, none, lost };
  Place keyOf(int watch, std::string& key) const;
  bool isRoot(int watch) const { return watch == rootWatch_; }
  // The watch is gone: its directory was removed.
  void forget(int watch) { directories_.erase(watch); }
  // A watched directory was renamed: when it is not below the root any more, its watches go.
  void recheck(int watch);

  // Directories that have no watch, each with all below it, because of the limit.
  const KeySet& unwatched() const { return unwatched_; }
  // They are to be tried again.
  KeySet takeUnwatched();
  std::size_t watches() const { return directories_.size(); }

 private:
  struct Directory {
    int parent = -1;
    std::uint64_t inode = 0;
    std::string name;
  };
  // A directory to watch: the watch of its parent, and its name there.
  struct Wanted {
    int parent = -1;
    std::string name;
  };

  void watchOne(const Wanted& wanted, std::vector<Wanted>& more);
  int add(int fd);
  void giveUp(std::string key);
  bool isBelow(int watch, int ancestor) const;

  const Needs needs_;
  const Resolution resolution_;
  Descriptor root_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  Descriptor inotify_;
  int rootWatch_ = -1;
  std::unordered_map<int, Directory> directories_;
  KeySet unwatched_;
};

}  // namespace cloudsync
