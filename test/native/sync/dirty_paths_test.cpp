#include "sync/dirty_paths.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cloudsync {
namespace {

using namespace std::chrono_literals;

DirtyPaths::Limits limits() { return {500ms, 10s, 100}; }
SteadyTime at(Duration since) { return SteadyTime{} + since; }

std::vector<std::string> keysOf(const KeySet& chosen) {
  std::vector<std::string> keys;
  for (const auto& part : chosen.parts()) keys.push_back(part.first);
  return keys;
}

using Keys = std::vector<std::string>;

TEST(DirtyPaths, ComeToRestOneByOne) {
  DirtyPaths dirty(limits());
  EXPECT_EQ(dirty.nextRest(), std::nullopt);
  dirty.add("a", at(0ms));
  dirty.add("b", at(300ms));
  EXPECT_EQ(dirty.nextRest(), at(500ms));
  EXPECT_TRUE(dirty.takeRested(at(499ms)).empty());
  EXPECT_EQ(keysOf(dirty.takeRested(at(500ms))), Keys{"a"});
  EXPECT_EQ(dirty.nextRest(), at(800ms));
  EXPECT_EQ(keysOf(dirty.takeRested(at(800ms))), Keys{"b"});
  EXPECT_TRUE(dirty.empty());
}

TEST(DirtyPaths, AFileThatIsWrittenAllTheTimeWaitsForItselfOnlyAndNotForEver) {
  DirtyPaths dirty(limits());
  dirty.add("log", at(0ms));
  dirty.add("note", at(0ms));
  Duration noteAt{};
  Duration logAt{};
  for (Duration time = 0ms; logAt == Duration{}; time += 100ms) {
    dirty.add("log", at(time));
    for (const std::string& key : keysOf(dirty.takeRested(at(time)))) {
      if (key == "log") logAt = time;
      if (key == "note") noteAt = time;
    }
    ASSERT_LT(time, Duration(11s));
  }
  EXPECT_EQ(noteAt, Duration(500ms));
  EXPECT_EQ(logAt, Duration(10s));
}

TEST(DirtyPaths, ADirectoryRestsWhenWhatIsBelowItDoes) {
  DirtyPaths dirty(limits());
  dirty.add("new/", at(0ms));
  dirty.add("new/big", at(400ms));
  dirty.add("new0", at(400ms));
  EXPECT_TRUE(dirty.takeRested(at(500ms)).empty());
  EXPECT_EQ(dirty.nextRest(), at(900ms));
  KeySet rested = dirty.takeRested(at(900ms));
  EXPECT_EQ(keysOf(rested), (Keys{"new/", "new0"}));
  EXPECT_TRUE(rested.holds("new/big"));
  EXPECT_TRUE(dirty.empty());
}

TEST(DirtyPaths, TheRootStandsForEverything) {
  DirtyPaths dirty(limits());
  dirty.add("a", at(0ms));
  dirty.add("", at(100ms));
  EXPECT_EQ(keysOf(dirty.takeRested(at(500ms))), Keys{"a"});
  EXPECT_TRUE(dirty.takeRested(at(600ms)).isEverything());
}

TEST(DirtyPaths, BeyondTheMostEachBecomesItsDirectoryAndIsStillInIt) {
  DirtyPaths dirty(limits());
  for (int album = 0; album < 3; ++album) {
    for (int file = 0; file < 40; ++file) {
      std::string key = "p/" + std::to_string(album) + "/" + std::to_string(file);
      dirty.add(key, at(file * 1ms));
      ASSERT_LE(dirty.size(), limits().mostPaths);
    }
  }
  KeySet rested = dirty.takeRested(at(10s));
  EXPECT_LT(rested.parts().size(), 60u);
  for (int album = 0; album < 3; ++album) {
    EXPECT_TRUE(rested.holds("p/" + std::to_string(album) + "/39")) << album;
  }
  EXPECT_FALSE(rested.isEverything());
}

TEST(DirtyPaths, TooManyAtTheTopAreEverything) {
  DirtyPaths dirty(limits());
  for (int file = 0; file <= 100; ++file) dirty.add(std::to_string(file), at(0ms));
  EXPECT_EQ(dirty.size(), 1u);
  EXPECT_TRUE(dirty.takeRested(at(500ms)).isEverything());
}

}  // namespace
}  // namespace cloudsync
