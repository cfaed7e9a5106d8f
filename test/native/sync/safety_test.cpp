#include "sync/safety.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

std::string reasonOf(const std::optional<Halt>& halt) { return halt ? halt->reason : "none"; }

TEST(Safety, FewDeletionsPass) {
  EXPECT_TRUE(checkSafety({.knownFiles = 30, .removesLocal = 25, .removesRemote = 25}, {}).empty());
}

TEST(Safety, TheLargerOfCountAndShareCounts) {
  EXPECT_TRUE(checkSafety({.knownFiles = 1000, .removesRemote = 250}, {}).empty());
  EXPECT_FALSE(checkSafety({.knownFiles = 1000, .removesRemote = 251}, {}).empty());
  EXPECT_FALSE(checkSafety({.knownFiles = 30, .removesRemote = 26}, {}).empty());
  EXPECT_TRUE(checkSafety({.knownFiles = 1000, .removesLocal = 250}, {}).empty());
  EXPECT_FALSE(checkSafety({.knownFiles = 1000, .removesLocal = 251}, {}).empty());
}

TEST(Safety, EachSideIsHeldByItself) {
  auto holds = checkSafety({.knownFiles = 100, .removesLocal = 60}, {});
  ASSERT_EQ(holds.size(), 1u);
  EXPECT_EQ(holds[0].reason, "deletion-limit-local");
  EXPECT_EQ(holds[0].extent, HoldExtent::all);
  EXPECT_TRUE(isCausedByRemote(holds[0].reason));
  holds = checkSafety({.knownFiles = 100, .removesLocal = 60, .removesRemote = 70}, {});
  ASSERT_EQ(holds.size(), 2u);
  EXPECT_EQ(holds[1].reason, "deletion-limit-remote");
  EXPECT_FALSE(isCausedByRemote(holds[1].reason));
}

TEST(Safety, AllFilesOfASideWithOtherContentAreSuspicious) {
  SafetyFacts up{.localFiles = 26, .replacesRemote = 26};
  EXPECT_TRUE(mayReplaceAll(up, ReplacedSide::remote));
  EXPECT_FALSE(mayReplaceAll(up, ReplacedSide::local));
  SafetyFacts down{.localFiles = 26, .replacesLocal = 26};
  EXPECT_TRUE(mayReplaceAll(down, ReplacedSide::local));
  EXPECT_FALSE(mayReplaceAll(down, ReplacedSide::remote));
}

TEST(Safety, AFewFilesAreNot) {
  EXPECT_FALSE(mayReplaceAll({.localFiles = 25, .replacesRemote = 25}, ReplacedSide::remote));
  EXPECT_FALSE(mayReplaceAll({.localFiles = 25, .replacesLocal = 25}, ReplacedSide::local));
}

TEST(Safety, ManyAreMoreThanAFewOfTheSide) {
  EXPECT_FALSE(mayReplaceMany({.replacesRemote = 25}, ReplacedSide::remote));
  EXPECT_TRUE(mayReplaceMany({.replacesRemote = 26}, ReplacedSide::remote));
  EXPECT_FALSE(mayReplaceMany({.replacesRemote = 26}, ReplacedSide::local));
  EXPECT_FALSE(mayReplaceMany({.replacesLocal = 25}, ReplacedSide::local));
  EXPECT_TRUE(mayReplaceMany({.replacesLocal = 26}, ReplacedSide::local));
}

TEST(Safety, NorIsWhatLeavesOneAsItWas) {
  EXPECT_FALSE(mayReplaceAll({.localFiles = 101, .replacesRemote = 100}, ReplacedSide::remote));
  EXPECT_FALSE(mayReplaceAll({.localFiles = 101, .replacesLocal = 100}, ReplacedSide::local));
}

TEST(Safety, WhatIsDeletedBesidesIsNotAsItWasEither) {
  EXPECT_TRUE(mayReplaceAll({.localFiles = 101, .removesRemote = 1, .replacesRemote = 100},
                            ReplacedSide::remote));
  EXPECT_TRUE(mayReplaceAll({.localFiles = 101, .removesLocal = 1, .replacesLocal = 100},
                            ReplacedSide::local));
  // A file that was in the cloud alone says nothing about those that are here.
  EXPECT_FALSE(
      mayReplaceAll({.localFiles = 101, .removesLocal = 1, .forgets = 1, .replacesLocal = 100},
                    ReplacedSide::local));
}

TEST(Safety, HoldsTheReplacingOperationsOnly) {
  Hold down = holdReplacing({.replacesLocal = 30}, ReplacedSide::local);
  EXPECT_EQ(down.reason, "all-changed-remote");
  EXPECT_EQ(down.kinds, std::vector{PlanOp::Kind::download});
  EXPECT_EQ(down.extent, HoldExtent::replacing);
  EXPECT_TRUE(isCausedByRemote(down.reason));
  Hold up = holdReplacing({.replacesRemote = 30}, ReplacedSide::remote);
  EXPECT_EQ(up.reason, "all-changed-local");
  EXPECT_EQ(up.kinds, std::vector{PlanOp::Kind::upload});
  EXPECT_EQ(up.extent, HoldExtent::replacing);
  EXPECT_FALSE(isCausedByRemote(up.reason));
  EXPECT_TRUE(isCausedByRemote("remote-unmarked"));
}

TEST(Safety, ALocalRootIsKnownByItsMarkerAndItsPlace) {
  EXPECT_EQ(reasonOf(judgeLocalRoot({"", ""}, {"", "/r"})), "none");
  EXPECT_EQ(reasonOf(judgeLocalRoot({"", "a"}, {"", "/r"})), "none");
  EXPECT_EQ(reasonOf(judgeLocalRoot({"a", "a"}, {"/r", "/r"})), "none");
  EXPECT_EQ(reasonOf(judgeLocalRoot({"a", "a"}, {"", "/r"})), "none");
  EXPECT_EQ(reasonOf(judgeLocalRoot({"a", ""}, {"/r", "/r"})), "local-root-unmarked");
  EXPECT_EQ(reasonOf(judgeLocalRoot({"a", "b"}, {"/r", "/r"})), "local-root-foreign");
  auto moved = judgeLocalRoot({"a", "a"}, {"/r", "/s"});
  EXPECT_EQ(reasonOf(moved), "local-root-moved");
  EXPECT_EQ(moved->evidence, "/s");
  EXPECT_EQ(moved->subject, Halt::Subject::root);
  EXPECT_NE(moved->message.find("from /r to /s"), std::string::npos);
}

TEST(Safety, ARemoteIsKnownByItsMarker) {
  EXPECT_EQ(reasonOf(judgeRemoteRoot({"", ""})), "none");
  EXPECT_EQ(reasonOf(judgeRemoteRoot({"", "b"})), "none");
  EXPECT_EQ(reasonOf(judgeRemoteRoot({"a", "a"})), "none");
  EXPECT_EQ(reasonOf(judgeRemoteRoot({"a", ""})), "remote-unmarked");
  auto other = judgeRemoteRoot({"a", "b"});
  EXPECT_EQ(reasonOf(other), "remote-foreign");
  EXPECT_EQ(other->evidence, "b");
}

TEST(Safety, NobodyCanReleaseARootThatIsNotThere) {
  Halt missing = rootIsMissing("/r", "no such directory");
  EXPECT_EQ(missing.reason, "local-root-missing");
  EXPECT_EQ(missing.subject, Halt::Subject::nothing);
}

TEST(Safety, ARemoteThatLacksASeenMomentWentBack) {
  const std::vector<RemoteEpoch> history = {{9, "i"}, {8, "h"}, {7, "g"}};
  EXPECT_FALSE(wentBack({9, "i"}, history));
  EXPECT_FALSE(wentBack({7, "g"}, history));
  EXPECT_TRUE(wentBack({10, "j"}, history));  // restored
  EXPECT_TRUE(wentBack({8, "x"}, history));   // restored, and others went on from there
  EXPECT_TRUE(wentBack({1, "a"}, {}));        // restored from before the first
  EXPECT_FALSE(wentBack({6, "f"}, history));  // too long ago to tell
  EXPECT_FALSE(wentBack({}, {}));
  EXPECT_FALSE(wentBack({}, history));
}

}  // namespace
}  // namespace cloudsync
