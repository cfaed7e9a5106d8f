#include "events/meter.h"

#include <limits>
#include <utility>

namespace cloudsync {

Meter::Meter(const Clock& clock, Post post, Duration interval)
    : clock_(clock),
      post_(std::move(post)),
      interval_(interval),
      next_(std::numeric_limits<SteadyTime::rep>::min()) {}

void Meter::tell() {
  const auto now = clock_.steadyTime().time_since_epoch();
  auto due = next_.load(std::memory_order_relaxed);
  if (now.count() < due) return;
  // Of several threads that find it due, one posts.
  if (!next_.compare_exchange_strong(due, (now + interval_).count(), std::memory_order_relaxed)) {
    return;
  }
  flush();
}

void Meter::flush() {
  std::lock_guard lock(posting_);
  if (!finished_) post_(counters_);
}

void Meter::finish(const std::function<void(const Counters&)>& final) {
  std::lock_guard lock(posting_);
  if (std::exchange(finished_, true)) return;
  final(counters_);
}

}  // namespace cloudsync
