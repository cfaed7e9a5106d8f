#pragma once

#include <coroutine>
#include <list>
#include <mutex>

namespace cloudsync {

// The coroutines that nobody awaits (spawn.h), while they last. Every other coroutine's frame
// belongs to the one that awaits it, so that destroying these destroys all: files are closed and
// permits given back, whatever was dropped in the middle. Any thread.
class Roots {
 public:
  using Place = std::list<std::coroutine_handle<>>::iterator;

  Place add(std::coroutine_handle<> root) {
    std::lock_guard lock(mutex_);
    return alive_.insert(alive_.end(), root);
  }
  void remove(Place place) {
    std::lock_guard lock(mutex_);
    alive_.erase(place);
  }

  // Only when none of them can run any more. The youngest first: what was started by another may
  // use what that one holds until it joins.
  void destroyAll() {
    while (true) {
      std::coroutine_handle<> youngest;
      {
        std::lock_guard lock(mutex_);
        if (alive_.empty()) return;
        youngest = alive_.back();
      }
      youngest.destroy();  // removes itself
    }
  }

 private:
  std::mutex mutex_;
  std::list<std::coroutine_handle<>> alive_;  // guarded by mutex_; in the order of their start
};

}  // namespace cloudsync
