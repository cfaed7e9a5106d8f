#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "base/scheduler.h"

namespace cloudsync {

// The production scheduler: a pool of threads for what moves bytes, awaited work first, one for the
// background lane, and one thread for timers. The threads also carry blocking file I/O, hence more
// of them than cores. Its destructor joins them; whatever still waits then is destroyed where it
// waits, so its owner lets all work end first that must end (see service/service.cpp).
class PoolScheduler final : public Scheduler {
 public:
  struct Sizes {
    std::size_t transfer = 16;   // most wait in an fsync
    std::size_t background = 4;  // two walks, the merge, one to spare
  };

  PoolScheduler(Clock& clock, Sizes sizes);
  ~PoolScheduler() override;

  // Joins the threads and destroys what has not ended: what that uses must still be there. What is
  // posted later is dropped. Idempotent.
  void stop();

  Clock& clock() override { return clock_; }
  void post(std::coroutine_handle<> work, Lane lane) override;
  void postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) override;

 private:
  struct Ready {
    std::coroutine_handle<> work;
    Lane lane;
  };
  // Waking a thread costs more than many a piece of work. So one is woken at a time, and it wakes
  // the next when there is more than it takes: whenever work waits and a thread is idle, one is on
  // its way.
  struct Queue {
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<Ready> awaited;  // guarded by mutex; before the others
    std::deque<Ready> others;   // guarded by mutex
    std::size_t idle = 0;       // guarded by mutex: threads that wait for work
    bool waking = false;        // guarded by mutex: one of them has been told
    bool closing = false;       // guarded by mutex

    bool empty() const { return awaited.empty() && others.empty(); }
    Ready take();
    // With the lock held: must somebody be notified? Then the caller does, without it.
    bool wantsThread();
  };
  struct Timer {
    SteadyTime when;
    std::shared_ptr<Wakeup> wakeup;
    bool operator<(const Timer& other) const { return when > other.when; }  // soonest on top
  };

  void serve(Queue& queue, const char* name);
  void serveTimers();

  Clock& clock_;
  Queue transfer_;
  Queue background_;
  std::mutex timersMutex_;
  std::condition_variable timersChanged_;
  std::priority_queue<Timer> timers_;  // guarded by timersMutex_
  bool timersClosing_ = false;         // guarded by timersMutex_
  std::vector<std::thread> threads_;
};

}  // namespace cloudsync
