#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace cloudsync {

// Who is told what may have changed. Called on the watcher's thread; must not block.
class HintSink {
 public:
  virtual ~HintSink() = default;
  // What stands at this entry key may have changed; at the key of a directory: anything below it
  // too. "" is the root: everything. A hint is never a fact: the same one may come twice, too late,
  // or for what did not change.
  virtual void hint(std::string_view key) = 0;
  // Something a person should know and can do something about.
  virtual void warn(std::string message) = 0;
};

// Hints of what a user changes below a root, until it is destroyed. Begins with a hint of
// everything, as soon as no later change can be missed: what changed before is for a look at the
// whole tree. Owned by the space that is watched; one thread of its own. Any thread.
//
// Not heard of, on any Linux: what is written through a shared mapping, and what another machine
// writes to a network file system.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // Makes sure that it still hears everything: the root may have been away and come back.
  virtual void refresh() = 0;
  // No hint comes after it returns, but for one that is on its way. Does not wait.
  virtual void close() = 0;
};

struct WatchOptions {
  enum class Method {
    best,      // fanotify where it is allowed, else inotify
    inotify,   // one watch for each directory
    fanotify,  // one mark for the whole file system: needs CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH
  };
  Method method = Method::best;
  // Directories beyond the limit of watches are hinted at as often as this.
  Duration pollEvery = std::chrono::seconds(60);
  // Watches that one root may use at most: some 150 bytes of ours each, and a kilobyte of the
  // kernel's.
  std::size_t mostWatches = 250'000;
};

// `root` is an absolute path, `sink` outlives the watcher. An Error when the root cannot be opened,
// or the method is not to be had.
Result<std::unique_ptr<Watcher>> openWatcher(const std::string& root, WatchOptions options,
                                             HintSink& sink);

}  // namespace cloudsync
