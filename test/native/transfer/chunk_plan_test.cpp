#include "transfer/chunk_plan.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

constexpr ByteCount kMiB = 1024 * 1024;
constexpr ByteCount kTiB = kMiB * 1024 * 1024;

Features s3Like() {
  Features features;
  features.smallestPart = 5 * kMiB;
  features.largestPart = 5 * 1024 * kMiB;
  features.mostParts = 10'000;
  return features;
}

TEST(ChunkPlan, CutsWhatIsMissing) {
  EXPECT_EQ(planChunks(10, {}, 4), (std::vector<ByteRange>{{0, 4}, {4, 8}, {8, 10}}));
  EXPECT_EQ(planChunks(10, {{2, 5}}, 4), (std::vector<ByteRange>{{0, 2}, {5, 9}, {9, 10}}));
  EXPECT_TRUE(planChunks(10, {{0, 10}}, 4).empty());
  EXPECT_TRUE(planChunks(0, {}, 4).empty());
  EXPECT_TRUE(planChunks(10, {{0, 99}}, 4).empty());
}

TEST(ChunkPlan, JoinsNeighbours) {
  EXPECT_EQ(addRange({{0, 4}, {8, 10}}, {4, 8}), (std::vector<ByteRange>{{0, 10}}));
  EXPECT_EQ(addRange({{0, 4}}, {6, 8}), (std::vector<ByteRange>{{0, 4}, {6, 8}}));
  EXPECT_EQ(addRange({}, {3, 3}), (std::vector<ByteRange>{}));
}

TEST(ChunkPlan, PlansAndRangesCoverEverySizeExactly) {
  for (ByteCount size :
       {ByteCount{1}, 33 * kMiB, 5 * 1024 * kMiB + 1, 50 * 1024 * kMiB, 5 * kTiB}) {
    auto plan = planParts(size, s3Like());
    ASSERT_TRUE(plan) << size;
    EXPECT_LE(plan->count, 10'000u);
    EXPECT_EQ(plan->range(1, size).begin, 0u);
    EXPECT_EQ(plan->range(plan->count, size).end, size);
    EXPECT_GT(plan->range(plan->count, size).size(), 0u);
    for (std::uint32_t n : {1u, plan->count / 2}) {
      if (n == 0 || n == plan->count) continue;
      EXPECT_EQ(plan->range(n, size).end, plan->range(n + 1, size).begin);
    }
  }
}

TEST(ChunkPlan, SaysWhenARemoteCannotHoldIt) {
  Features features = s3Like();
  features.largestPart = 16 * kMiB;
  EXPECT_FALSE(planParts(kTiB, features));
  EXPECT_FALSE(planParts(1, Features{}));
}

}  // namespace
}  // namespace cloudsync
