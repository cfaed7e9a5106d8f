// Large listings: divided between directories, and still every key once and in order.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "remote/s3/key_ranges.h"
#include "sim_s3_world.h"

namespace cloudsync {
namespace {

using Keys = std::vector<std::string>;

TEST(S3KeyRanges, BordersAreSpreadEvenly) {
  EXPECT_EQ(pickBorders({}, 3), Keys());
  EXPECT_EQ(pickBorders({"a/", "b/"}, 3), (Keys{"a/", "b/"}));
  EXPECT_EQ(pickBorders({"a/", "b/", "c/", "d/", "e/", "f/"}, 3), (Keys{"a/", "c/", "e/"}));
}

// A random tree with names around the separators, listed in small pages.
TEST(S3KeyRanges, EveryKeyComesOnceAndInOrder) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    SimS3::Options options;
    options.pageSize = 1 + random.next() % 7;
    SimS3World world(options, seed);
    RemoteUser user(world);
    const Keys parts = {"a", "a!", "a.", "a.\xf4\x8f\xbf\xbf", "a0", "b", "b-", "\xc3\xa4", "z"};
    std::set<std::string> files;
    for (int i = 0; i < 60; ++i) {
      std::string path = parts[random.next() % parts.size()];
      for (std::uint64_t depth = random.next() % 3; depth > 0; --depth) {
        path += "/" + parts[random.next() % parts.size()];
      }
      path += "/f" + std::to_string(random.next() % 10);
      files.insert(path);
    }
    if (random.next() % 2 == 0) files.insert(".cloudsync/root");
    for (int i = 0; i < 8; ++i) files.insert(".cloudsync/trash/x" + std::to_string(i));
    for (const std::string& file : files) ASSERT_EQ(outcome(user.write(file, "1")), "ok");
    Result<Keys> listed = user.keys();
    ASSERT_EQ(outcome(listed), "ok");
    EXPECT_TRUE(std::is_sorted(listed->begin(), listed->end()));
    std::erase_if(*listed, [](const std::string& key) { return key.ends_with('/'); });
    std::erase_if(files, [](const std::string& key) { return key.starts_with(".cloudsync/"); });
    EXPECT_EQ(*listed, Keys(files.begin(), files.end()));
  }
}

TEST(S3KeyRanges, LargeListingsTakeFewRoundTrips) {
  SimS3::Options options;
  options.pageSize = 50;
  SimS3World world(options);
  RemoteUser user(world);
  for (int i = 0; i < 2400; ++i) {
    std::string name = "d" + std::to_string(i % 20) + "/f" + std::to_string(i);
    ASSERT_EQ(outcome(user.write(name, "1")), "ok");
  }
  SteadyTime began = world.scheduler().clock().steadyTime();
  EXPECT_EQ(user.keys()->size(), 2420u);
  Duration took = world.scheduler().clock().steadyTime() - began;
  // 48 pages of 2 to 100 ms of virtual time, one after the other, would take two and a half
  // seconds.
  EXPECT_LT(took, std::chrono::milliseconds(1250));
}

}  // namespace
}  // namespace cloudsync
