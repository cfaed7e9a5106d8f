#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

#include "base/scheduler.h"

namespace cloudsync {

// A number of permits, given out in the order asked for. A waiting coroutine holds no thread.
// Any thread. With one permit it is a mutex that may be held across a wait.
class AsyncSemaphore {
 public:
  AsyncSemaphore(Scheduler& scheduler, std::size_t permits)
      : scheduler_(scheduler), free_(permits) {}
  AsyncSemaphore(const AsyncSemaphore&) = delete;
  AsyncSemaphore& operator=(const AsyncSemaphore&) = delete;

  // Gives its permit back when it goes.
  class Permit {
   public:
    explicit Permit(AsyncSemaphore* owner) : owner_(owner) {}
    Permit(Permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      if (this != &other) {
        release();
        owner_ = std::exchange(other.owner_, nullptr);
      }
      return *this;
    }
    ~Permit() { release(); }
    void release() {
      if (owner_) std::exchange(owner_, nullptr)->release();
    }

   private:
    AsyncSemaphore* owner_;
  };

  // `AsyncSemaphore::Permit permit = co_await semaphore.acquire();`
  auto acquire() {
    struct Awaiter {
      AsyncSemaphore& owner;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) {
        std::lock_guard lock(owner.mutex_);
        if (owner.free_ > 0) {
          --owner.free_;
          return false;
        }
        owner.waiting_.push_back({self, Scheduler::currentLane()});
        return true;
      }
      Permit await_resume() { return Permit(&owner); }
    };
    return Awaiter{*this};
  }

 private:
  struct Waiter {
    std::coroutine_handle<> coroutine;
    Lane lane;
  };

  void release() {
    Waiter next{};
    {
      std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        ++free_;
        return;
      }
      next = waiting_.front();  // the permit passes on without being free in between
      waiting_.pop_front();
    }
    scheduler_.post(next.coroutine, next.lane);
  }

  Scheduler& scheduler_;
  std::mutex mutex_;
  std::size_t free_;            // guarded by mutex_
  std::deque<Waiter> waiting_;  // guarded by mutex_
};

}  // namespace cloudsync
