#include "base/sim_scheduler.h"

#include <utility>

namespace cloudsync {

void SimScheduler::post(std::coroutine_handle<> work, Lane lane) {
  ready_.push_back(Ready{work, lane});
}

void SimScheduler::postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) {
  timers_.push(Timer{when, timersSet_++, std::move(wakeup)});
}

bool SimScheduler::step() {
  if (ready_.empty()) {
    if (timers_.empty()) return false;
    Timer timer = timers_.top();
    timers_.pop();
    if (timer.when > clock_.steadyTime()) clock_.advance(timer.when - clock_.steadyTime());
    timer.wakeup->fire();
    return true;
  }
  std::size_t chosen = random_.next() % ready_.size();
  std::swap(ready_[chosen], ready_.back());
  Ready next = ready_.back();
  ready_.pop_back();
  ++steps_;
  setCurrentLane(next.lane);
  next.work.resume();
  return true;
}

std::uint64_t SimScheduler::run() {
  std::uint64_t before = steps_;
  while (step()) {
  }
  return steps_ - before;
}

}  // namespace cloudsync
