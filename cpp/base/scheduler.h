#pragma once

#include <atomic>
#include <coroutine>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/roots.h"
#include "base/task.h"

namespace cloudsync {

// Which threads carry a coroutine on, and who goes first where there is a queue: `awaited` is what
// a person waits for, `transfer` the rest of what moves bytes, `background` the scans.
enum class Lane { awaited, transfer, background };

class Wakeup;

// Who runs next: pools of threads in production, one seeded thread in virtual time in the
// simulator. The engine's code is the same under both. All methods: any thread.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  virtual Clock& clock() = 0;
  // Resumes `work` soon, on a thread of `lane`; never inside this call.
  virtual void post(std::coroutine_handle<> work, Lane lane) = 0;
  // Fires `wakeup` at `when`, unless something else fired it before.
  virtual void postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) = 0;

  // The lane of the coroutine that is running on this thread; `transfer` outside of one.
  static Lane currentLane();

  // `co_await scheduler.switchTo(Lane::background)`: goes on over there.
  auto switchTo(Lane lane) {
    struct Awaiter {
      Scheduler& scheduler;
      Lane lane;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> self) { scheduler.post(self, lane); }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this, lane};
  }

  // Lets others run: a long loop yields between its steps.
  auto yield() { return switchTo(currentLane()); }

  class Sleep;
  // `co_await scheduler.sleep(duration, token)`: true after the time, false when cancelled before.
  Sleep sleep(Duration duration, CancelToken token);

  // Whoever never runs again is destroyed by the scheduler it was spawned on, at its end.
  Roots& roots() { return roots_; }

 protected:
  static void setCurrentLane(Lane lane);

 private:
  Roots roots_;
};

// Something that may be woken from two sides (a timer and a cancellation) and wakes once.
class Wakeup {
 public:
  Wakeup(Scheduler& scheduler, std::coroutine_handle<> waiter, Lane lane)
      : scheduler_(scheduler), waiter_(waiter), lane_(lane) {}

  // The waiter sleeps from here on. False: it was fired already, do not suspend.
  bool arm() {
    State expected = State::arming;
    return state_.compare_exchange_strong(expected, State::armed, std::memory_order_acq_rel);
  }
  void fire() {
    if (state_.exchange(State::fired, std::memory_order_acq_rel) == State::armed) {
      scheduler_.post(waiter_, lane_);
    }
  }
  bool fired() const { return state_.load(std::memory_order_acquire) == State::fired; }

 private:
  enum class State { arming, armed, fired };

  Scheduler& scheduler_;
  std::coroutine_handle<> waiter_;
  Lane lane_;
  std::atomic<State> state_{State::arming};
};

class Scheduler::Sleep {
 public:
  Sleep(Scheduler& scheduler, Duration duration, CancelToken token)
      : scheduler_(scheduler), duration_(duration), token_(std::move(token)) {}

  bool await_ready() const noexcept { return token_.cancelled(); }
  bool await_suspend(std::coroutine_handle<> self) {
    auto wakeup = std::make_shared<Wakeup>(scheduler_, self, currentLane());
    callback_.emplace(token_.stopToken(), Fire{wakeup});
    Scheduler& scheduler = scheduler_;
    SteadyTime when = scheduler.clock().steadyTime() + duration_;
    if (!wakeup->arm()) return false;
    // From here the coroutine may run on another thread: only locals are touched.
    scheduler.postAt(when, std::move(wakeup));
    return true;
  }
  bool await_resume() {
    callback_.reset();
    return !token_.cancelled();
  }

 private:
  struct Fire {
    std::shared_ptr<Wakeup> wakeup;
    void operator()() const { wakeup->fire(); }
  };

  Scheduler& scheduler_;
  Duration duration_;
  CancelToken token_;
  std::optional<std::stop_callback<Fire>> callback_;
};

inline Scheduler::Sleep Scheduler::sleep(Duration duration, CancelToken token) {
  return Sleep(*this, duration, std::move(token));
}

}  // namespace cloudsync
