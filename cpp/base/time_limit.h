#pragma once

#include <exception>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/cancel.h"
#include "base/scheduler.h"
#include "base/task_group.h"

namespace cloudsync {

// Gives one task a time within which it must end. Owned by the coroutine that awaits it:
//   TimeLimit limit(scheduler, kLongestQuestion, cancel);
//   Task<Result<ObjectInfo>> looking = remote.stat(path, limit.token());
//   Task<Result<ObjectInfo>> limited = limit.run(std::move(looking));   // named: see task.h
//   Result<ObjectInfo> info = co_await limited;
//   if (limit.isOver()) …   // it was cancelled by us
class TimeLimit {
 public:
  TimeLimit(Scheduler& scheduler, Duration most, CancelToken outer)
      : scheduler_(scheduler), most_(most), follow_(outer.stopToken(), Cancel{stop_}) {}
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  // For the task: cancelled when its time is over, and when `outer` is.
  CancelToken token() const { return stop_.token(); }

  // Awaited once. Returns when the task does: it heeds its token.
  template <class T>
  Task<T> run(Task<T> task) {
    TaskGroup timer(scheduler_);
    timer.add(watch());
    std::optional<T> result;
    std::exception_ptr escaped;
    try {
      result.emplace(co_await task);
    } catch (...) {
      escaped = std::current_exception();
    }
    ended_.cancel();
    co_await timer.join();
    if (escaped) std::rethrow_exception(escaped);
    co_return std::move(*result);
  }

  // After run().
  bool isOver() const { return isOver_; }

 private:
  struct Cancel {
    CancelSource source;
    void operator()() { source.cancel(); }
  };

  Task<void> watch() {
    bool passed = co_await scheduler_.sleep(most_, ended_.token());
    if (!passed) co_return;
    isOver_ = true;
    stop_.cancel();
  }

  Scheduler& scheduler_;
  const Duration most_;
  CancelSource stop_;   // for the task
  CancelSource ended_;  // for the timer
  bool isOver_ = false;
  std::stop_callback<Cancel> follow_;
};

}  // namespace cloudsync
