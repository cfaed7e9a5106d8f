// How objects of every size are cut, up to the largest that S3 has: never more parts than a server
// takes, never one that is too small or too large, every byte in one of them.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/sim_scheduler.h"
#include "fs/sim_file_system.h"
#include "net/sim_transport.h"
#include "remote/open.h"
#include "transfer/chunk_plan.h"

namespace cloudsync {
namespace {

constexpr ByteCount kMiB = 1024 * 1024;
constexpr ByteCount kGiB = 1024 * kMiB;
constexpr ByteCount kTiB = 1024 * kGiB;

// S3 as its documentation has it.
constexpr ByteCount kSmallestPart = 5 * kMiB;
constexpr ByteCount kLargestPart = 5 * kGiB;
constexpr std::uint32_t kMostParts = 10'000;
constexpr ByteCount kLargestObject = 5 * kTiB;

Features featuresOf(const char* url) {
  SimScheduler scheduler(1);
  SeededRandom random(1);
  SimFileSystem files(scheduler.simClock());
  SimTransport http(scheduler, 1,
                    [](const HttpRequest&, const std::string&) { return HttpResponse(); }, {});
  RemoteOptions options{{"credentials.accessKeyId", "id"}, {"credentials.secretAccessKey", "key"}};
  RemoteNeeds needs{files, scheduler, scheduler.clock(), random, http};
  return std::move(openRemote(url, options, needs)).value()->features();
}

Features ofS3() { return featuresOf("s3://bucket/prefix?endpoint=http://sim"); }

// A walk over all parts: neighbors meet, all but the last are whole, none is empty.
bool coversExactly(const PartPlan& plan, ByteCount size) {
  ByteCount front = 0;
  for (std::uint32_t number = 1; number <= plan.count; ++number) {
    ByteRange part = plan.range(number, size);
    bool last = number == plan.count;
    if (part.begin != front || part.end <= part.begin) return false;
    if (!last && part.size() != plan.partSize) return false;
    if (part.size() > plan.partSize) return false;
    front = part.end;
  }
  return front == size;
}

void expectS3Takes(ByteCount size) {
  std::optional<PartPlan> plan = planParts(size, ofS3());
  ASSERT_TRUE(plan) << size;
  EXPECT_LE(plan->count, kMostParts) << size;
  EXPECT_GE(plan->partSize, kSmallestPart) << size;
  EXPECT_LE(plan->partSize, kLargestPart) << size;
  EXPECT_TRUE(coversExactly(*plan, size)) << size;
}

TEST(PartSizes, S097OneByteMoreThanASinglePutTakes) {
  EXPECT_EQ(ofS3().largestWrite, kLargestPart);
  expectS3Takes(5 * kGiB);
  expectS3Takes(5 * kGiB + 1);
}

TEST(PartSizes, S097MoreThanTenThousandOfTheSmallestParts) {
  const ByteCount most = kSmallestPart * kMostParts;  // 48.8 GiB
  for (ByteCount size : {most - 1, most, most + 1, 50 * kGiB}) expectS3Takes(size);
}

TEST(PartSizes, S097TheLargestObject) {
  expectS3Takes(kLargestObject);
  expectS3Takes(kLargestObject - 1);
  for (ByteCount size : {1'000 * kLargestPart, 1'000 * kLargestPart + 1}) expectS3Takes(size);
}

TEST(PartSizes, S097AThousandPartsSufficeWhereverTheyCan) {  // Swift takes no more
  for (ByteCount size : {kGiB, 50 * kGiB, kTiB, 1'000 * kLargestPart}) {
    EXPECT_LE(planParts(size, ofS3())->count, 1'000u) << size;
  }
}

TEST(PartSizes, S097WhatNoServerHoldsHasNoPlan) {
  EXPECT_TRUE(planParts(kMostParts * kLargestPart, ofS3()));
  EXPECT_FALSE(planParts(kMostParts * kLargestPart + 1, ofS3()));
}

TEST(PartSizes, S097EverySizeUpToTheLargestObjectIsCutExactly) {
  const Features features = ofS3();
  EXPECT_TRUE(rc::check([&features] {
    // As many small sizes as large ones: the exponent is what is drawn evenly.
    auto exponent = *rc::gen::inRange(0, 43);
    ByteCount least = ByteCount{1} << exponent;
    ByteCount size = std::min(*rc::gen::inRange<ByteCount>(least, 2 * least), kLargestObject);
    std::optional<PartPlan> plan = planParts(size, features);
    RC_ASSERT(plan.has_value());
    RC_ASSERT(plan->count <= kMostParts);
    RC_ASSERT(plan->count == 1 || plan->partSize >= kSmallestPart);
    RC_ASSERT(plan->partSize <= kLargestPart);
    RC_ASSERT(coversExactly(*plan, size));
  }));
}

TEST(PartSizes, S097ThereIsAPlanExactlyWhenTheLimitsOfARemoteAllowOne) {
  EXPECT_TRUE(rc::check([] {
    Features features;
    features.smallestPart = *rc::gen::inRange<ByteCount>(1, 40 * kMiB);
    features.largestPart = *rc::gen::inRange<ByteCount>(1, 80 * kMiB);
    features.mostParts = *rc::gen::inRange<std::uint32_t>(1, 2'000);
    features.usualParts = *rc::gen::inRange<std::uint32_t>(0, features.mostParts + 1);
    ByteCount size = *rc::gen::inRange<ByteCount>(1, 200 * kGiB);
    std::optional<PartPlan> plan = planParts(size, features);
    bool fits = size <= features.largestPart * features.mostParts &&
                features.largestPart >= features.smallestPart;
    RC_ASSERT(plan.has_value() == fits);
    if (!plan) return;
    RC_ASSERT(plan->count <= features.mostParts);
    RC_ASSERT(plan->partSize >= features.smallestPart);
    RC_ASSERT(plan->partSize <= features.largestPart);
    RC_ASSERT(coversExactly(*plan, size));
  }));
}

TEST(PartSizes, S097DirectoriesTakeTheLargestObjectToo) {
  std::optional<PartPlan> plan = planParts(kLargestObject, featuresOf("file:///cloud"));
  ASSERT_TRUE(plan);
  EXPECT_TRUE(coversExactly(*plan, kLargestObject));
}

constexpr ByteCount kChunk = 8 * kMiB;

// Chunks come in order, and fill exactly what `have` leaves open.
bool completes(const std::vector<ByteRange>& chunks, std::vector<ByteRange> have, ByteCount size) {
  ByteCount sum = 0;
  for (const ByteRange& range : have) sum += range.size();
  for (const ByteRange& chunk : chunks) {
    if (chunk.end <= chunk.begin || chunk.size() > kChunk) return false;
    sum += chunk.size();
  }
  have.insert(have.end(), chunks.begin(), chunks.end());
  std::sort(have.begin(), have.end());
  bool apart = std::adjacent_find(have.begin(), have.end(), [](auto& one, auto& next) {
                 return one.end != next.begin;
               }) == have.end();
  return sum == size && apart && have.front().begin == 0 && have.back().end == size;
}

TEST(PartSizes, S097TheLargestObjectIsFetchedWhole) {
  EXPECT_TRUE(completes(planChunks(kLargestObject, {}, kChunk), {}, kLargestObject));
}

// What a process has fetched before it died, in any order, is not fetched again; all the rest is.
TEST(PartSizes, S097WhatIsLeftOfALargeDownloadIsFetchedOnce) {
  EXPECT_TRUE(rc::check([] {
    ByteCount size = *rc::gen::inRange<ByteCount>(1, 100 * kGiB);
    std::vector<ByteRange> have;
    for (int count = *rc::gen::inRange(0, 6); count > 0; --count) {
      ByteCount begin = *rc::gen::inRange<ByteCount>(0, size);
      have = addRange(std::move(have), {begin, std::min(size, begin + size / 4)});
    }
    RC_ASSERT(completes(planChunks(size, have, kChunk), have, size));
  }));
}

}  // namespace
}  // namespace cloudsync
