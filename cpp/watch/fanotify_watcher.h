#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "fs/descriptor.h"
#include "watch/fanotify_events.h"
#include "watch/wake.h"
#include "watch/watcher.h"

namespace cloudsync {

// One mark for the whole file system of the root: no watch for any directory, whatever their
// number, and nothing to do before it hears everything. What happens elsewhere on the file system
// is heard too, and dropped. When events were lost everything is hinted at.
class FanotifyWatcher final : public Watcher {
 public:
  FanotifyWatcher(std::string root, HintSink& sink);
  ~FanotifyWatcher() override;

  // `notSupported` where the kernel, the file system or our rights do not allow it.
  Status start();
  void refresh() override;
  void close() override { wake_.stop(); }

 private:
  Status mark();
  void serve();
  void readEvents();
  void handle(const FanotifyEvent& event, HandlePaths& paths);

  const std::string root_;
  HintSink& sink_;
  Wake wake_;
  std::atomic<bool> refresh_{false};
  Descriptor group_;
  Descriptor folder_;  // the root
  bool lost_ = false;  // of the thread alone
  std::thread thread_;
};

}  // namespace cloudsync
