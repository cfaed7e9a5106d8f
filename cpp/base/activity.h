#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/scheduler.h"
#include "base/spawn.h"

namespace cloudsync {

// Counts what is going on, and lets others wait until nothing is. Any thread. Outlives its guards.
class Activity {
 public:
  explicit Activity(Scheduler& scheduler) : scheduler_(scheduler) {}
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;

  class Guard {
   public:
    explicit Guard(Activity* owner) : owner_(owner) {}
    Guard(Guard&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (owner_) owner_->end();
    }

   private:
    Activity* owner_;
  };

  Guard begin() {
    std::lock_guard lock(mutex_);
    ++count_;
    return Guard(this);
  }

  // Starts a task nobody waits for but whenIdle(); it must not fail (see spawn.h).
  void run(Lane lane, Task<void> task) {
    auto guard = std::make_shared<Guard>(begin());
    spawn(scheduler_, lane, std::move(task),
          [guard](std::exception_ptr) mutable { guard.reset(); });
  }

  // `co_await activity.whenIdle()`: at some moment nothing was going on.
  auto whenIdle() {
    struct Awaiter {
      Activity& activity;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) {
        std::lock_guard lock(activity.mutex_);
        if (activity.count_ == 0) return false;
        activity.waiting_.push_back({self, Scheduler::currentLane()});
        return true;
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

 private:
  struct Waiter {
    std::coroutine_handle<> coroutine;
    Lane lane;
  };

  void end() {
    Scheduler& scheduler = scheduler_;
    std::vector<Waiter> waiting;
    {
      std::lock_guard lock(mutex_);
      if (--count_ > 0) return;
      waiting = std::exchange(waiting_, {});
    }
    for (const Waiter& waiter : waiting) scheduler.post(waiter.coroutine, waiter.lane);
  }

  Scheduler& scheduler_;
  std::mutex mutex_;
  std::size_t count_ = 0;        // guarded by mutex_
  std::vector<Waiter> waiting_;  // guarded by mutex_
};

}  // namespace cloudsync
