#include "events/meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace cloudsync {
namespace {

class ManualClock final : public Clock {
 public:
  Nanoseconds wallTime() const override { return now_.load(); }
  SteadyTime steadyTime() const override { return SteadyTime(Duration(now_.load())); }
  void advance(Duration by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_{0};
};

struct Posts {
  ManualClock clock;
  std::vector<ByteCount> seen;
  Meter meter{clock, [this](const Meter::Counters& now) { seen.push_back(now.bytesDone); }};
};

TEST(Meter, postsTheFirstProgressAtOnce) {
  Posts posts;
  posts.meter.addBytes(5);
  EXPECT_EQ(posts.seen, std::vector<ByteCount>{5});
}

TEST(Meter, postsAtMostOncePerInterval) {
  Posts posts;
  for (int i = 0; i < 1000; ++i) posts.meter.addBytes(1);
  EXPECT_EQ(posts.seen, std::vector<ByteCount>{1});
  posts.clock.advance(Meter::kInterval);
  posts.meter.addBytes(1);
  EXPECT_EQ(posts.seen, (std::vector<ByteCount>{1, 1001}));
}

TEST(Meter, flushPostsWhateverTheTime) {
  Posts posts;
  posts.meter.addBytes(1);
  posts.meter.addBytes(1);
  posts.meter.flush();
  EXPECT_EQ(posts.seen, (std::vector<ByteCount>{1, 2}));
}

TEST(Meter, theFinalWordIsSaidOnceAndIsTheLast) {
  Posts posts;
  int finals = 0;
  posts.meter.finish([&](const Meter::Counters&) { ++finals; });
  posts.meter.finish([&](const Meter::Counters&) { ++finals; });
  posts.meter.addBytes(1);
  posts.meter.flush();
  EXPECT_EQ(finals, 1);
  EXPECT_TRUE(posts.seen.empty());
}

TEST(Meter, progressSeenFromManyThreadsNeverGoesBack) {
  SystemClock clock;
  std::vector<ByteCount> seen;  // guarded by the meter: posts never run at the same time
  Meter meter(
      clock, [&](const Meter::Counters& now) { seen.push_back(now.bytesDone); }, Duration(0));
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&meter] {
        for (int i = 0; i < 5000; ++i) meter.addBytes(1);
      });
    }
  }
  meter.finish([&](const Meter::Counters& now) { seen.push_back(now.bytesDone); });
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 20000u);
}

}  // namespace
}  // namespace cloudsync
