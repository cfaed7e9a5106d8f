#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "watch/inotify_tree.h"
#include "watch/wake.h"
#include "watch/watcher.h"

namespace cloudsync {

// Watches each directory of a tree. When events were lost (the kernel's queue is full) everything
// is hinted at, and the watches are completed. What is beyond the limit of watches is hinted at
// again and again instead, and tried again each time.
class InotifyWatcher final : public Watcher {
 public:
  InotifyWatcher(const std::string& root, WatchOptions options, HintSink& sink);
  ~InotifyWatcher() override;

  // Fails when the root cannot be opened. Then the thread begins.
  Status start();
  void refresh() override;
  void close() override { wake_.stop(); }

 private:
  void serve();
  void readEvents();
  void handle(const inotify_event& event);
  void onEntry(const inotify_event& event, std::string key);
  void beginAnew();
  void pollUnwatched();
  void warnOfLimit();

  const WatchOptions options_;
  HintSink& sink_;
  Wake wake_;
  std::atomic<bool> refresh_{false};
  // Of the thread alone:
  InotifyTree tree_;
  bool overflowed_ = false;
  bool rootLost_ = false;
  bool warned_ = false;
  SteadyTime nextPoll_;

  std::thread thread_;
};

}  // namespace cloudsync
