#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/clock.h"
#include "base/ids.h"

namespace cloudsync {

// How far one task is, as counters that any thread may raise, and the thinning of its progress: at
// most one post per interval, however often it is told. Posts of one task never run at the same
// time, so a reader of the counters never sees them go back; nothing is posted after finish().
// Owned by the task; the clock outlives it.
class Meter {
 public:
  struct Counters {
    std::atomic<ByteCount> bytesDone{0};
    std::atomic<ByteCount> bytesTotal{0};
    std::atomic<std::uint64_t> filesDone{0};
    std::atomic<std::uint64_t> filesTotal{0};
    std::atomic<std::uint64_t> scanned{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> skipped{0};
  };

  // Makes the event out of the counters and posts it. Called on whichever thread tells of progress,
  // under a lock of this meter: it must not come back to the meter.
  using Post = std::function<void(const Counters&)>;

  static constexpr Duration kInterval = std::chrono::milliseconds(100);

  Meter(const Clock& clock, Post post, Duration interval = kInterval);

  Counters& counters() { return counters_; }
  const Counters& counters() const { return counters_; }

  // Something was counted: posts it if the interval has passed, else leaves it to a later call.
  // The first call always posts. Cheap: one clock reading and one comparison.
  void tell();
  // The common case: bytes arrived.
  void addBytes(ByteCount bytes) {
    counters_.bytesDone.fetch_add(bytes, std::memory_order_relaxed);
    tell();
  }

  // Posts what is counted now, whatever the time.
  void flush();

  // The last word: runs `final`, which posts the final event, unless it was said before.
  void finish(const std::function<void(const Counters&)>& final);

 private:
  // constant after construction
  const Clock& clock_;
  const Post post_;
  const Duration interval_;

  Counters counters_;
  std::atomic<SteadyTime::rep> next_;  // steady time from which a post is due

  std::mutex posting_;     // held while posting: one post at a time
  bool finished_ = false;  // guarded by posting_
};

}  // namespace cloudsync
