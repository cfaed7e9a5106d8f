#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/entry_batch.h"
#include "base/key_range.h"
#include "base/scheduler.h"
#include "fs/file_system.h"
#include "fs/walk_filter.h"

namespace cloudsync {

// The pieces of work of a walk, each of them done in one go on a background thread. Used by
// walk.cpp alone.

// The names of a directory in the order of their keys: "a!" "a-b" "a.txt" "a/" "a0".
void sortByKey(std::vector<ListedName>& names);

// A directory as it was listed. Shared by the pieces of the walk that still look into it.
struct Listing {
  RelPath path;                              // relative to where the walk starts
  std::string key;                           // relative to the root: "" or with a trailing slash
  NameList list;                             // sorted
  std::shared_ptr<const WalkFilter> filter;  // of this directory; null: none
  std::vector<bool> leftOut;                 // by name, what the filter says; empty: none
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
};

// The stats of `listing->list.names()[begin ...]`.
struct Slice {
  std::shared_ptr<const Listing> listing;
  std::size_t begin = 0;
  std::vector<NameStat> stats;

  std::size_t end() const { return begin + stats.size(); }
};

// One piece of work. Plain data, so that whoever has time may do it.
struct SliceJob {
  std::shared_ptr<const Listing> listing;  // stat more of this one ...
  std::size_t begin = 0;                   // ... from here on; or, without a listing,
  RelPath path;                            // list, sort and begin to stat this directory
  std::string key;
  std::shared_ptr<const WalkFilter> filter;  // of the directory above it
};

// Stats at most `limit` names; an empty or short slice is the last one of its directory. `changed`
// when another directory stands there by now. Names with nothing of `range` at or below them are
// left out.
Result<Slice> readSlice(Folder& base, SliceJob job, const KeyRange& range, std::size_t limit);

// A slice somebody will need. Either a background thread reads it ahead, or the consumer finds it
// untouched and reads it itself: whoever claims it first. One consumer.
class PendingSlice {
 public:
  PendingSlice(Scheduler& scheduler, SliceJob work) : job(std::move(work)), scheduler_(scheduler) {}

  // True for the one caller that is to do the job.
  bool claim() { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  void set(Result<Slice> slice);

  // `Result<Slice> slice = co_await pending->take()`: once.
  auto take() {
    struct Awaiter {
      PendingSlice& pending;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) { return pending.park(self); }
      Result<Slice> await_resume() { return pending.fetch(); }
    };
    return Awaiter{*this};
  }

  SliceJob job;  // for the one who claimed it

 private:
  bool park(std::coroutine_handle<> waiter);
  Result<Slice> fetch();

  Scheduler& scheduler_;
  std::atomic<bool> claimed_{false};
  std::mutex mutex_;
  std::optional<Result<Slice>> slice_;  // guarded by mutex_
  std::coroutine_handle<> waiter_;      // guarded by mutex_
  Lane lane_ = Lane::background;        // guarded by mutex_
};

}  // namespace cloudsync
