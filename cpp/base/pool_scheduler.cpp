#include "base/pool_scheduler.h"

#include <pthread.h>

#include <utility>

namespace cloudsync {

PoolScheduler::PoolScheduler(Clock& clock, Sizes sizes) : clock_(clock) {
  for (std::size_t i = 0; i < sizes.transfer; ++i) {
    threads_.emplace_back([this] { serve(transfer_, Lane::transfer); });
  }
  for (std::size_t i = 0; i < sizes.background; ++i) {
    threads_.emplace_back([this] { serve(background_, Lane::background); });
  }
  threads_.emplace_back([this] { serveTimers(); });
}

PoolScheduler::~PoolScheduler() { stop(); }

void PoolScheduler::stop() {
  for (Queue* queue : {&transfer_, &background_}) {
    {
      std::lock_guard lock(queue->mutex);
      queue->closing = true;
    }
    queue->ready.notify_all();
  }
  {
    std::lock_guard lock(timersMutex_);
    timersClosing_ = true;
  }
  timersChanged_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  roots().destroyAll();
}

void PoolScheduler::post(std::coroutine_handle<> work, Lane lane) {
  Queue& queue = lane == Lane::transfer ? transfer_ : background_;
  {
    std::lock_guard lock(queue.mutex);
    if (queue.closing) return;  // it is among the roots' frames, which stop() destroys
    queue.work.push_back(work);
  }
  queue.ready.notify_one();
}

void PoolScheduler::postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) {
  {
    std::lock_guard lock(timersMutex_);
    timers_.push(Timer{when, std::move(wakeup)});
  }
  timersChanged_.notify_one();
}

void PoolScheduler::serve(Queue& queue, Lane lane) {
  pthread_setname_np(pthread_self(), lane == Lane::transfer ? "cs-transfer" : "cs-background");
  setCurrentLane(lane);
  std::unique_lock lock(queue.mutex);
  while (true) {
    queue.ready.wait(lock, [&queue] { return queue.closing || !queue.work.empty(); });
    if (queue.closing) return;
    std::coroutine_handle<> work = queue.work.front();
    queue.work.pop_front();
    lock.unlock();
    work.resume();
    lock.lock();
  }
}

void PoolScheduler::serveTimers() {
  pthread_setname_np(pthread_self(), "cs-timers");
  std::unique_lock lock(timersMutex_);
  while (!timersClosing_) {
    if (timers_.empty()) {
      timersChanged_.wait(lock);
      continue;
    }
    SteadyTime when = timers_.top().when;
    if (clock_.steadyTime() < when) {
      timersChanged_.wait_until(lock, when);
      continue;
    }
    std::shared_ptr<Wakeup> wakeup = timers_.top().wakeup;
    timers_.pop();
    lock.unlock();
    wakeup->fire();
    wakeup.reset();
    lock.lock();
  }
}

}  // namespace cloudsync
