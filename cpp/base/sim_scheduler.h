#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <vector>

#include "base/random.h"
#include "base/scheduler.h"

namespace cloudsync {

// Virtual time: moves only when the simulator has nothing else to do, or when a test says so.
class SimClock final : public Clock {
 public:
  Nanoseconds wallTime() const override { return wall_; }
  SteadyTime steadyTime() const override { return steady_; }

  void advance(Duration by) {
    steady_ += by;
    wall_ += by.count();
  }
  void jumpWall(Duration by) { wall_ += by.count(); }  // NTP step, suspend, a user's hand

 private:
  SteadyTime steady_{};
  Nanoseconds wall_ = 1'700'000'000'000'000'000;  // a date, so that file times look like some
};

// One thread, virtual time, and a seed that decides who runs next: the same seed gives the same
// run. Everything, tests included, happens on the thread that calls run().
class SimScheduler final : public Scheduler {
 public:
  explicit SimScheduler(std::uint64_t seed) : random_(seed) {}
  ~SimScheduler() override { roots().destroyAll(); }

  Clock& clock() override { return clock_; }
  SimClock& simClock() { return clock_; }
  void post(std::coroutine_handle<> work, Lane lane) override;
  void postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) override;

  // Runs until nothing is ready and no timer is left. Returns the number of steps taken.
  std::uint64_t run();
  // Runs one ready coroutine, or else the next timer. False: nothing is left to do.
  bool step();
  std::uint64_t steps() const { return steps_; }

 private:
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

  SimClock clock_;
  SeededRandom random_;
  std::vector<Ready> ready_;
  std::priority_queue<Timer> timers_;
  std::uint64_t steps_ = 0;
  std::uint64_t timersSet_ = 0;
};

}  // namespace cloudsync
