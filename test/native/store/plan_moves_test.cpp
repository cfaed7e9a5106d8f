#include <gtest/gtest.h>

#include "store/move_marks.h"
#include "support.h"

namespace cloudsync {
namespace {

using namespace cloudsync::testing;
using Kind = PlanOp::Kind;

class PlanMovesTest : public ::testing::Test {
 protected:
  static Fingerprint print(std::uint64_t inode, Nanoseconds born = 5) {
    return {inode, born, 10, 1'000'000'007, 1'000'000'008};
  }
  static BaseFacts base(const Fingerprint& print) {
    BaseFacts facts;
    facts.local = true;
    facts.fingerprint = print;
    facts.lookedAt = print.modifyTime + 1'000'000'000;
    return facts;
  }
  static PlanOp op(Kind kind, std::string key) {
    PlanOp made;
    made.kind = kind;
    made.key = std::move(key);
    made.size = 10;
    return made;
  }
  static PlanOp upload(std::string key, Fingerprint print) {
    PlanOp made = op(Kind::upload, std::move(key));
    print.changeTime += 99;  // a rename moves it
    made.localExpected = print;
    return made;
  }
  static PlanOp removal(std::string key, const Fingerprint& print) {
    PlanOp made = op(Kind::removeRemote, std::move(key));
    made.remoteExpected = "v";
    made.was = markOfFile(base(print));
    return made;
  }
  void add(std::vector<PlanOp> ops) { must(store_->addToPlan(space_, ops)); }
  std::string matches(Kind arrivals, Kind departures) {
    std::string text;
    for (const PlanMatch& match :
         must(store_->matchByPrint(space_, arrivals, departures, 0, 100))) {
      text += match.departure.key + ">" + match.arrival.key + " ";
    }
    return text;
  }

  std::unique_ptr<StateStore> store_ = must(StateStore::openInMemory());
  SpaceId space_ = must(store_->openSpace("drive")).id;
};

TEST_F(PlanMovesTest, KnowsAFileAgainByAllThatARenameLeaves) {
  add({upload("b", print(1)), upload("c", print(2)), removal("a", print(1)),
       removal("z", print(3))});
  EXPECT_EQ(matches(Kind::upload, Kind::removeRemote), "a>b ");
}

TEST_F(PlanMovesTest, TakesAnEditedAReusedOrAnAgreedNameForNoMove) {
  Fingerprint edited = print(1);
  edited.modifyTime += 1;
  Fingerprint reused = print(2);
  reused.birthTime += 1;
  PlanOp replaces = upload("d", print(3));
  replaces.remoteExpected = "v";
  add({upload("b", edited), upload("c", reused), replaces, removal("x", print(1)),
       removal("y", print(2)), removal("z", print(3))});
  EXPECT_EQ(matches(Kind::upload, Kind::removeRemote), "");
}

TEST_F(PlanMovesTest, KnowsADirectoryAgainByWhatItsContentLeaves) {
  PlanOp made = op(Kind::makeRemoteDirectory, "new/");
  made.localExpected = Fingerprint{7, 5, 0, 99, 100};
  PlanOp gone = op(Kind::removeRemoteDirectory, "old/");
  gone.remoteExpected = "";
  gone.was = markOfFolder(base(Fingerprint{7, 5, 0, 1, 2}));
  add({made, gone});
  EXPECT_EQ(matches(Kind::makeRemoteDirectory, Kind::removeRemoteDirectory), "old/>new/ ");
}

TEST_F(PlanMovesTest, FindsDownloadsOfTheSizeOfWhatGoesAndThatByItsContent) {
  Sha256 hash = hashOf("content");
  PlanOp like = op(Kind::download, "new");
  PlanOp larger = op(Kind::download, "larger");
  larger.size = 11;
  PlanOp replaces = op(Kind::download, "replaces");
  replaces.localExpected = print(1);
  PlanOp gone = op(Kind::removeLocal, "old");
  gone.was = markOfContent(10, hash);
  add({like, larger, replaces, gone});
  std::vector<PlanOp> found = must(store_->downloadsLikeRemovals(space_, 0, 10));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "new");
  std::optional<PlanOp> departure =
      must(store_->findRemoval(space_, Kind::removeLocal, markOfContent(10, hash)));
  ASSERT_TRUE(departure);
  EXPECT_EQ(departure->key, "old");
  EXPECT_FALSE(
      must(store_->findRemoval(space_, Kind::removeLocal, markOfContent(10, hashOf("another")))));
}

TEST_F(PlanMovesTest, AMoveTakesThePlaceOfBothItsEnds) {
  add({upload("b", print(1)), removal("a", print(1)), upload("c", print(2))});
  std::vector<PlanMatch> found =
      must(store_->matchByPrint(space_, Kind::upload, Kind::removeRemote, 0, 10));
  ASSERT_EQ(found.size(), 1U);
  PlanOp move = found[0].arrival;
  move.kind = Kind::moveRemote;
  move.source = "a";
  move.remoteExpected = found[0].departure.remoteExpected;
  std::int64_t gone = found[0].departure.sequence;
  must(store_->rewritePlan(space_, {&move, 1}, {&gone, 1}));

  const Kind kinds[] = {Kind::upload, Kind::removeRemote, Kind::moveRemote};
  std::vector<PlanOp> left =
      must(store_->planPage(space_, kinds, {}, StateStore::Order::ascending, 10));
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].kind, Kind::moveRemote);
  EXPECT_EQ(left[0].source, "a");
  EXPECT_EQ(left[0].remoteExpected, "v");
  EXPECT_EQ(left[0].localExpected, move.localExpected);
  EXPECT_EQ(left[1].key, "c");
  EXPECT_EQ(matches(Kind::upload, Kind::removeRemote), "");
}

TEST(MoveMarks, SayNothingOfWhatMayBeAnother) {
  BaseFacts facts;
  EXPECT_EQ(markOfFile(facts), "");  // cloud-only
  facts.local = true;
  EXPECT_EQ(markOfFile(facts), "");  // no birth time
  facts.fingerprint = Fingerprint{1, 5, 10, 1'000'000'007, 1'000'000'008};
  facts.lookedAt = facts.fingerprint.modifyTime + 1;
  EXPECT_EQ(markOfFile(facts), "");  // racy
  EXPECT_NE(markOfFolder(facts), "");
  facts.lookedAt += 1'000'000'000;
  EXPECT_EQ(markOfFile(facts).size(), 32U);
}

}  // namespace
}  // namespace cloudsync
