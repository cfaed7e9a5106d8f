#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
#include <mutex>
#include <utility>

#include "base/scheduler.h"
#include "base/spawn.h"
#include "base/task.h"

namespace cloudsync {

// Tasks that run side by side and are awaited together. Owned by the coroutine that joins it;
// `join` must be awaited before the group goes. Only the owner may add and join.
class TaskGroup {
 public:
  explicit TaskGroup(Scheduler& scheduler, Lane lane = Scheduler::currentLane())
      : scheduler_(scheduler), lane_(lane) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` on the group's lane.
  void add(Task<void> task) {
    left_.fetch_add(1, std::memory_order_relaxed);
    spawn(scheduler_, lane_, std::move(task),
          [this](std::exception_ptr failure) { ended(std::move(failure)); });
  }

  // `co_await group.join()`: all have ended; rethrows the first exception that escaped one.
  auto join() {
    struct Awaiter {
      TaskGroup& group;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) {
        group.waiter_ = self;
        group.waiterLane_ = Scheduler::currentLane();
        return group.left_.fetch_sub(1, std::memory_order_acq_rel) != 1;
      }
      void await_resume() {
        group.left_.store(1, std::memory_order_relaxed);  // usable again
        if (group.failure_) std::rethrow_exception(std::exchange(group.failure_, nullptr));
      }
    };
    return Awaiter{*this};
  }

 private:
  void ended(std::exception_ptr failure) {
    if (failure) {
      std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::move(failure);
    }
    // The last one out may find the group gone right after the post: locals only.
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      Scheduler& scheduler = scheduler_;
      scheduler.post(waiter_, waiterLane_);
    }
  }

  Scheduler& scheduler_;
  Lane lane_;
  std::atomic<std::size_t> left_{1};  // the tasks, and the owner until it joins
  std::coroutine_handle<> waiter_;
  Lane waiterLane_ = Lane::transfer;
  std::mutex mutex_;
  std::exception_ptr failure_;  // guarded by mutex_
};

}  // namespace cloudsync
