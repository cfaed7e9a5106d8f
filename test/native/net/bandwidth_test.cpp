#include "net/bandwidth.h"

#include <gtest/gtest.h>

#include <chrono>

namespace cloudsync::test {
namespace {

using namespace std::chrono_literals;

class BandwidthTest : public ::testing::Test {
 protected:
  // Moves pieces of this size for so long; what came through.
  ByteCount moved(ByteCount piece, Duration during) {
    ByteCount sum = 0;
    SteadyTime end = now_ + during;
    while (now_ < end) {
      Duration wait = line_.owed(now_);
      now_ += wait;
      if (now_ >= end) break;
      line_.spend(piece, now_);
      sum += piece;
      now_ += 1us;  // it takes some time
    }
    return sum;
  }

  Bandwidth line_;
  SteadyTime now_{1h};
};

TEST_F(BandwidthTest, IsWithoutLimitUntilThereIsOne) {
  line_.spend(ByteCount{1} << 40, now_);
  EXPECT_EQ(line_.owed(now_), Duration::zero());
}

TEST_F(BandwidthTest, LetsThroughWhatItMayWhateverThePieces) {
  line_.limit(1'000'000);
  for (ByteCount piece : {1'000u, 300'000u, 4'000'000u}) {
    auto sum = static_cast<double>(moved(piece, 100s));
    EXPECT_NEAR(sum, 100e6, 100'000 + 2.0 * static_cast<double>(piece)) << piece;
  }
}

TEST_F(BandwidthTest, SavesUpATenthOfASecondAtMost) {
  line_.limit(1'000'000);
  (void)line_.owed(now_);
  now_ += 1h;
  EXPECT_EQ(line_.owed(now_), Duration::zero());
  line_.spend(1'100'000, now_);
  EXPECT_EQ(line_.owed(now_), Duration(1s));
}

TEST_F(BandwidthTest, AChangeHoldsForThoseWhoWait) {
  line_.limit(1'000);
  line_.spend(100'000, now_);
  EXPECT_GT(line_.owed(now_), 90s);
  line_.limit(100'000);
  EXPECT_LE(line_.owed(now_), 1s);
  line_.limit(0);
  EXPECT_EQ(line_.owed(now_), Duration::zero());
}

}  // namespace
}  // namespace cloudsync::test
