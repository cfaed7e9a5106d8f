#pragma once

#include <coroutine>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/scheduler.h"

namespace cloudsync {

// Happens once; any number of coroutines wait for it. Any thread. Set by its owner after the last
// use of whatever the waiters may destroy.
class AsyncEvent {
 public:
  explicit AsyncEvent(Scheduler& scheduler) : scheduler_(scheduler) {}
  AsyncEvent(const AsyncEvent&) = delete;
  AsyncEvent& operator=(const AsyncEvent&) = delete;

  void set() {
    std::vector<std::shared_ptr<Wakeup>> waiting;
    {
      std::lock_guard lock(mutex_);
      set_ = true;
      waiting = std::exchange(waiting_, {});
    }
    for (const auto& wakeup : waiting) wakeup->fire();
  }

  class Wait;
  // `bool happened = co_await event.wait(token)`: false when cancelled before.
  Wait wait(CancelToken cancel = {});

 private:
  Scheduler& scheduler_;
  std::mutex mutex_;
  bool set_ = false;                              // guarded by mutex_
  std::vector<std::shared_ptr<Wakeup>> waiting_;  // guarded by mutex_
};

class AsyncEvent::Wait {
 public:
  Wait(AsyncEvent& event, CancelToken cancel) : event_(event), cancel_(std::move(cancel)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) {
    auto wakeup = std::make_shared<Wakeup>(event_.scheduler_, self, Scheduler::currentLane());
    {
      std::lock_guard lock(event_.mutex_);
      if (event_.set_) return false;
      event_.waiting_.push_back(wakeup);
    }
    callback_.emplace(cancel_.stopToken(), Fire{wakeup});
    // From the arming on the coroutine may run on another thread: nothing of it is touched.
    return wakeup->arm();
  }
  bool await_resume() {
    callback_.reset();
    std::lock_guard lock(event_.mutex_);
    return event_.set_;
  }

 private:
  struct Fire {
    std::shared_ptr<Wakeup> wakeup;
    void operator()() const { wakeup->fire(); }
  };

  AsyncEvent& event_;
  CancelToken cancel_;
  std::optional<std::stop_callback<Fire>> callback_;
};

inline AsyncEvent::Wait AsyncEvent::wait(CancelToken cancel) {
  return Wait(*this, std::move(cancel));
}

}  // namespace cloudsync
