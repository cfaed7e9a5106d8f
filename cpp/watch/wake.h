#pragma once

#include <atomic>

#include "base/clock.h"
#include "fs/descriptor.h"

namespace cloudsync {

// Lets other threads call a watcher's thread out of its wait for events. Owned by the watcher.
class Wake {
 public:
  Wake();

  // For good: every later wait returns at once.
  void stop();
  void ring();
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  // Until `fd` can be read, somebody rings, or `most` has passed; -1 is no descriptor. True: `fd`
  // can be read.
  bool wait(int fd, Duration most);

 private:
  Descriptor bell_;
  std::atomic<bool> stopped_{false};
};

}  // namespace cloudsync
