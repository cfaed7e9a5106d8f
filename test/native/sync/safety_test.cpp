#include "sync/safety.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

TEST(Safety, FewDeletionsPass) {
  EXPECT_TRUE(checkSafety({.knownFiles = 30, .removesLocal = 25, .removesRemote = 25}, {}).empty());
}

TEST(Safety, TheLargerOfCountAndShareCounts) {
  EXPECT_TRUE(checkSafety({.knownFiles = 1000, .removesRemote = 250}, {}).empty());
  EXPECT_FALSE(checkSafety({.knownFiles = 1000, .removesRemote = 251}, {}).empty());
  EXPECT_FALSE(checkSafety({.knownFiles = 30, .removesRemote = 26}, {}).empty());
}

TEST(Safety, EachSideIsHeldByItself) {
  auto holds = checkSafety({.knownFiles = 100, .removesLocal = 60}, {});
  ASSERT_EQ(holds.size(), 1u);
  EXPECT_EQ(holds[0].reason, "deletion-limit-local");
  holds = checkSafety({.knownFiles = 100, .removesLocal = 60, .removesRemote = 70}, {});
  EXPECT_EQ(holds.size(), 2u);
}

TEST(Safety, AMarkerThatIsGoneOrAnotherOneStopsTheRun) {
  EXPECT_EQ(judgeLocalRoot({"", ""}), "");
  EXPECT_EQ(judgeLocalRoot({"", "a"}), "");
  EXPECT_EQ(judgeLocalRoot({"a", "a"}), "");
  EXPECT_NE(judgeLocalRoot({"a", ""}), "");
  EXPECT_NE(judgeLocalRoot({"a", "b"}), "");
  EXPECT_EQ(judgeRemoteRoot({"a", "a"}), "");
  EXPECT_NE(judgeRemoteRoot({"a", ""}), "");
  EXPECT_NE(judgeRemoteRoot({"a", "b"}), "");
}

TEST(Safety, ACloudWithoutMarkerThatShowsNothingIsNotBelieved) {
  SafetyFacts facts;
  facts.removesLocal = 1;
  facts.remoteIsMarked = false;
  ASSERT_EQ(checkSafety(facts, {}).size(), 1u);
  EXPECT_EQ(checkSafety(facts, {}).front().reason, kEmptyRemote);
  facts.remoteFiles = 1;
  EXPECT_TRUE(checkSafety(facts, {}).empty());
  facts.remoteFiles = 0;
  facts.removesLocal = 0;
  EXPECT_TRUE(checkSafety(facts, {}).empty());
  facts.removesLocal = 1;
  facts.remoteIsMarked = true;
  EXPECT_TRUE(checkSafety(facts, {}).empty());
}

}  // namespace
}  // namespace cloudsync
