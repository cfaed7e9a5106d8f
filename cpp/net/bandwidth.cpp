#include "net/bandwidth.h"

#include <algorithm>
#include <chrono>

namespace cloudsync {

namespace {

using Seconds = std::chrono::duration<double>;

// What nobody used lately may be made up for in one go, up to this.
constexpr Seconds kSavedUp{0.1};

}  // namespace

void Bandwidth::limit(ByteCount bytesPerSecond) {
  std::lock_guard lock(mutex_);
  rate_ = static_cast<double>(bytesPerSecond);
  if (bytesPerSecond == 0) debt_ = 0;
}

void Bandwidth::pay(SteadyTime now) {
  debt_ = std::max(-kSavedUp.count() * rate_, debt_ - Seconds(now - paid_).count() * rate_);
  paid_ = now;
}

void Bandwidth::spend(ByteCount bytes, SteadyTime now) {
  std::lock_guard lock(mutex_);
  pay(now);
  if (rate_ > 0) debt_ += static_cast<double>(bytes);
}

Duration Bandwidth::owed(SteadyTime now) {
  std::lock_guard lock(mutex_);
  if (rate_ == 0) return Duration::zero();
  pay(now);
  if (debt_ <= 0) return Duration::zero();
  return std::chrono::ceil<Duration>(Seconds(debt_ / rate_));
}

}  // namespace cloudsync
