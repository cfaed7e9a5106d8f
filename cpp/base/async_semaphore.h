#pragma once

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/cancel.h"
#include "base/scheduler.h"

namespace cloudsync {

// A number of permits, given out in the order asked for, but on the awaited lane before all others.
// A waiting coroutine holds no thread. Any thread. With one permit it is a mutex that may be held
// across a wait.
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
        owner.enqueue(self);
        return true;
      }
      Permit await_resume() { return Permit(&owner); }
    };
    return Awaiter{*this};
  }

  std::size_t waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_.size();
  }

  class Attempt;
  // `std::optional<AsyncSemaphore::Permit> permit = co_await semaphore.acquire(token)`: nothing
  // when the token was cancelled before there was a permit.
  Attempt acquire(CancelToken cancel);

 private:
  struct Waiter {
    std::coroutine_handle<> coroutine;
    Lane lane;
  };

  // With the lock held.
  void enqueue(std::coroutine_handle<> coroutine) {
    Lane lane = Scheduler::currentLane();
    auto place = waiting_.end();
    if (lane == Lane::awaited) {
      auto isOther = [](const Waiter& waiter) { return waiter.lane != Lane::awaited; };
      place = std::find_if(waiting_.begin(), waiting_.end(), isOther);
    }
    waiting_.insert(place, {coroutine, lane});
  }

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
  mutable std::mutex mutex_;
  std::size_t free_;            // guarded by mutex_
  std::deque<Waiter> waiting_;  // guarded by mutex_
};

// Whoever takes the waiter out of the queue wakes it: a release, which gives it its permit, or the
// cancellation.
class AsyncSemaphore::Attempt {
 public:
  Attempt(AsyncSemaphore& owner, CancelToken cancel) : owner_(owner), cancel_(std::move(cancel)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) {
    self_ = self;
    // Before it is in the queue: behind that the coroutine may run on another thread.
    callback_.emplace(cancel_.stopToken(), GiveUp{this});
    std::lock_guard lock(owner_.mutex_);
    if (gaveUp_) return false;
    entered_ = true;
    if (owner_.free_ > 0) {
      --owner_.free_;
      return false;
    }
    owner_.enqueue(self);
    return true;
  }
  std::optional<Permit> await_resume() {
    callback_.reset();
    if (gaveUp_) return std::nullopt;
    return Permit(&owner_);
  }

 private:
  struct GiveUp {
    Attempt* attempt;
    void operator()() const { attempt->giveUp(); }
  };

  void giveUp() {
    Scheduler& scheduler = owner_.scheduler_;
    Waiter taken{};
    {
      std::lock_guard lock(owner_.mutex_);
      auto isMine = [this](const Waiter& waiter) { return waiter.coroutine == self_; };
      auto mine = std::find_if(owner_.waiting_.begin(), owner_.waiting_.end(), isMine);
      bool waits = mine != owner_.waiting_.end();
      if (entered_ && !waits) return;  // it has its permit
      gaveUp_ = true;
      if (!waits) return;  // await_suspend will see it
      taken = *mine;
      owner_.waiting_.erase(mine);
    }
    scheduler.post(taken.coroutine, taken.lane);
  }

  AsyncSemaphore& owner_;
  CancelToken cancel_;
  std::coroutine_handle<> self_;
  bool entered_ = false;  // guarded by the owner's mutex: it has a permit or waits for one
  bool gaveUp_ = false;   // guarded by the owner's mutex; settled once the waiter is resumed
  std::optional<std::stop_callback<GiveUp>> callback_;
};

inline AsyncSemaphore::Attempt AsyncSemaphore::acquire(CancelToken cancel) {
  return Attempt(*this, std::move(cancel));
}

}  // namespace cloudsync
