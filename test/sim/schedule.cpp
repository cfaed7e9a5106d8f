#include "schedule.h"

#include <algorithm>
#include <utility>

namespace cloudsync::sim {

bool Schedule::step() {
  std::size_t ready = 0;
  for (const ProcessScheduler* process : processes_) ready += process->ready_.size();
  if (ready == 0) return fireNextTimer();
  std::size_t chosen = random_.next() % ready;
  for (ProcessScheduler* process : processes_) {
    if (chosen < process->ready_.size()) {
      process->run(chosen);
      return true;
    }
    chosen -= process->ready_.size();
  }
  return false;
}

bool Schedule::fireNextTimer() {
  ProcessScheduler* next = nullptr;
  for (ProcessScheduler* process : processes_) {
    if (process->timers_.empty()) continue;
    if (next == nullptr || next->timers_.top() < process->timers_.top()) next = process;
  }
  if (next == nullptr) return false;
  ProcessScheduler::Timer timer = next->timers_.top();
  next->timers_.pop();
  if (!timer.wakeup->fired() && timer.when > clock_.steadyTime()) {
    clock_.advance(timer.when - clock_.steadyTime());
  }
  timer.wakeup->fire();
  return true;
}

ProcessScheduler::ProcessScheduler(Schedule& schedule) : schedule_(schedule) {
  schedule_.processes_.push_back(this);
}

ProcessScheduler::~ProcessScheduler() {
  destroyEverything();
  std::erase(schedule_.processes_, this);
}

void ProcessScheduler::post(std::coroutine_handle<> work, Lane lane) {
  if (!dead_) ready_.push_back(Ready{work, lane});
}

void ProcessScheduler::postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) {
  if (!dead_) timers_.push(Timer{when, schedule_.timersSet_++, std::move(wakeup)});
}

void ProcessScheduler::run(std::size_t chosen) {
  std::swap(ready_[chosen], ready_.back());
  Ready next = ready_.back();
  ready_.pop_back();
  setCurrentLane(next.lane);
  next.work.resume();
}

void ProcessScheduler::destroyEverything() {
  dead_ = true;
  ready_.clear();
  timers_ = {};
  roots().destroyAll();
}

}  // namespace cloudsync::sim
