#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "base/clock.h"

namespace cloudsync {

// Files that the runs of a watched space removed within the last hour. Such runs are small: whoever
// empties a directory file by file must meet the deletion limit all the same, so that each run is
// judged by what the others removed, too. Of one process; used by one run at a time.
class RecentRemovals {
 public:
  static constexpr auto kWindow = std::chrono::hours(1);

  struct Counts {
    std::uint64_t here = 0;
    std::uint64_t there = 0;
  };

  void add(SteadyTime now, Counts counts) {
    if (counts.here + counts.there > 0) runs_.push_back({now, counts});
  }
  Counts since(SteadyTime now) {
    while (!runs_.empty() && runs_.front().when + kWindow < now) runs_.pop_front();
    Counts sum;
    for (const Run& run : runs_) {
      sum.here += run.counts.here;
      sum.there += run.counts.there;
    }
    return sum;
  }

 private:
  struct Run {
    SteadyTime when;
    Counts counts;
  };
  std::deque<Run> runs_;  // the oldest first
};

}  // namespace cloudsync
