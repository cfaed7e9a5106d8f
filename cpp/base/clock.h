#pragma once

#include <chrono>
#include <cstdint>

namespace cloudsync {

// Nanoseconds since the Unix epoch, as file times are kept. May be negative (files before 1970).
using Nanoseconds = std::int64_t;

using Duration = std::chrono::nanoseconds;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// The two clocks of the world. Wall time may jump; steady time only grows.
// Real in production, virtual in the simulator. Callable from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Nanoseconds wallTime() const = 0;
  virtual SteadyTime steadyTime() const = 0;
};

class SystemClock final : public Clock {
 public:
  Nanoseconds wallTime() const override {
    return std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  SteadyTime steadyTime() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
  }
};

}  // namespace cloudsync
