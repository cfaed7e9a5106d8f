#pragma once

#include <mutex>

#include "base/clock.h"
#include "base/ids.h"

namespace cloudsync {

// How many bytes a second all requests together may move in one direction. Whoever moved some says
// so, and moves the next ones when nothing is owed any more. Any thread.
class Bandwidth {
 public:
  void limit(ByteCount bytesPerSecond);  // 0: none, the default; may change at any time
  void spend(ByteCount bytes, SteadyTime now);
  Duration owed(SteadyTime now);  // until then nobody moves anything

 private:
  void pay(SteadyTime now);

  std::mutex mutex_;
  double rate_ = 0;    // guarded by mutex_
  double debt_ = 0;    // guarded by mutex_, in bytes; below zero: what may be moved at once
  SteadyTime paid_{};  // guarded by mutex_: up to when
};

}  // namespace cloudsync
