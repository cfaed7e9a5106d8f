#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "store/state_store.h"
#include "sync/doubts.h"

namespace cloudsync {

// What the store remembers of one space, in memory: read often, changed by several parties (the
// run's state, the roots' identity, the generation), saved with every change. Owned by the space;
// any thread.
class SpaceMemory {
 public:
  SpaceMemory(StateStore& store, SpaceRow row) : store_(store), row_(std::move(row)) {}

  SpaceRow read() {
    std::lock_guard lock(mutex_);
    return row_;
  }
  // `change` edits the row, which is saved.
  Status update(const std::function<void(SpaceRow&)>& change) {
    std::lock_guard lock(mutex_);
    change(row_);
    return store_.saveSpace(row_);
  }

  // While a power cut has not been got over. Not saved.
  std::optional<Doubts> doubts() {
    std::lock_guard lock(mutex_);
    return doubts_;
  }
  void doubt(Doubts doubts) {
    std::lock_guard lock(mutex_);
    doubts_ = doubts;
  }
  void trustAgain() {
    std::lock_guard lock(mutex_);
    doubts_.reset();
  }

 private:
  StateStore& store_;
  std::mutex mutex_;
  SpaceRow row_;                  // guarded by mutex_
  std::optional<Doubts> doubts_;  // guarded by mutex_
};

}  // namespace cloudsync
