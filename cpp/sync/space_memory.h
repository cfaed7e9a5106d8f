#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "store/state_store.h"

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
  // The space and every row of it; what follows is a first run.
  Status forget() {
    std::lock_guard lock(mutex_);
    Status erased = store_.eraseSpace(row_.id);
    if (!erased.ok()) return erased;
    SpaceRow fresh;
    fresh.id = row_.id;
    fresh.name = row_.name;
    row_ = std::move(fresh);
    return erased;
  }

 private:
  StateStore& store_;
  std::mutex mutex_;
  SpaceRow row_;  // guarded by mutex_
};

}  // namespace cloudsync
