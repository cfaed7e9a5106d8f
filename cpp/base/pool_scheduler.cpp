#include "base/pool_scheduler.h"

#include <pthread.h>

#include <utility>

namespace cloudsync {

PoolScheduler::PoolScheduler(Clock& clock, Sizes sizes) : clock_(clock) {
  for (std::size_t i = 0; i < sizes.transfer; ++i) {
    threads_.emplace_back([this] { serve(transfer_, "cs-transfer"); });
  }
  for (std::size_t i = 0; i < sizes.background; ++i) {
    threads_.emplace_back([this] { serve(background_, "cs-background"); });
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
  Queue& queue = lane == Lane::background ? background_ : transfer_;
  bool wakes = false;
  {
    std::lock_guard lock(queue.mutex);
    if (queue.closing) return;  // it is among the roots' frames, which stop() destroys
    (lane == Lane::awaited ? queue.awaited : queue.others).push_back({work, lane});
    wakes = queue.wantsThread();
  }
  if (wakes) queue.ready.notify_one();
}

void PoolScheduler::postAt(SteadyTime when, std::shared_ptr<Wakeup> wakeup) {
  {
    std::lock_guard lock(timersMutex_);
    timers_.push(Timer{when, std::move(wakeup)});
  }
  timersChanged_.notify_one();
}

PoolScheduler::Ready PoolScheduler::Queue::take() {
  std::deque<Ready>& first = awaited.empty() ? others : awaited;
  Ready next = first.front();
  first.pop_front();
  return next;
}

bool PoolScheduler::Queue::wantsThread() {
  if (empty() || idle == 0 || waking) return false;
  waking = true;
  return true;
}

void PoolScheduler::serve(Queue& queue, const char* name) {
  pthread_setname_np(pthread_self(), name);
  std::unique_lock lock(queue.mutex);
  while (true) {
    while (!queue.closing && queue.empty()) {
      ++queue.idle;
      queue.ready.wait(lock);
      --queue.idle;
      queue.waking = false;
    }
    if (queue.closing) return;
    Ready next = queue.take();
    bool wakes = queue.wantsThread();
    lock.unlock();
    if (wakes) queue.ready.notify_one();
    setCurrentLane(next.lane);
    next.work.resume();
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
