#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <vector>

#include "base/random.h"
#include "base/scheduler.h"
#include "base/sim_scheduler.h"

namespace cloudsync::sim {

class ProcessScheduler;

// Virtual time, and who of several processes runs next: a seed decides. One thread.
class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : random_(seed) {}

  SimClock& clock() { return clock_; }
  // Runs one ready coroutine of some process, or else moves time to the next timer. False: nobody
  // has anything left to do.
  bool step();

 private:
  friend class ProcessScheduler;

  bool fireNextTimer();

  SimClock clock_;
  SeededRandom random_;
  std::vector<ProcessScheduler*> processes_;
  std::uint64_t timersSet_ = 0;
};

// The scheduler of one process. When the process dies, whatever waits in it is destroyed where it
// waits and never runs again, as with SIGKILL.
class ProcessScheduler final : public Scheduler {
 public:
  explicit ProcessScheduler(Schedule& schedule);
  ~ProcessScheduler() override;

  Clock& clock() override { return schedule_.clock_; }
  void post(std::coroutine_handle<> work, Lane lane) override;
  void postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) override;

  // Not from inside of one of its own coroutines.
  void destroyEverything();

 private:
  friend class Schedule;

  struct Ready {
    std::coroutine_handle<> work;
    Lane lane;
  };
  struct Timer {
    SteadyTime when;
    std::uint64_t order;  // equal times fire in the order they were set
    std::shared_ptr<Wakeup> wakeup;
    bool operator<(const Timer& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };

  void run(std::size_t chosen);

  Schedule& schedule_;
  std::vector<Ready> ready_;
  std::priority_queue<Timer> timers_;
  bool dead_ = false;
};

}  // namespace cloudsync::sim
