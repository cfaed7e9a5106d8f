#include <gtest/gtest.h>

#include "support.h"

namespace cloudsync {
namespace {

using namespace cloudsync::testing;
using Kind = PlanOp::Kind;
using Outcome = PlanOp::Outcome;

class HaltsTest : public ::testing::Test {
 protected:
  static PlanOp removal(std::string key, std::string version = "v") {
    PlanOp op;
    op.kind = Kind::removeRemote;
    op.key = std::move(key);
    op.remoteExpected = std::move(version);
    return op;
  }
  static PlanOp directory(std::string key, Nanoseconds modified) {
    PlanOp op;
    op.kind = Kind::removeRemoteDirectory;
    op.key = std::move(key);
    op.localExpected = Fingerprint{1, 2, 3, modified, 5};
    return op;
  }
  void plan(std::vector<PlanOp> ops) {
    must(store_->clearPlan(space_));
    must(store_->addToPlan(space_, ops));
  }
  std::uint64_t hold(HoldExtent extent = HoldExtent::all,
                     std::vector<Kind> kinds = {Kind::removeRemote, Kind::removeRemoteDirectory}) {
    return must(store_->holdOps(space_, kinds, extent, "limit"));
  }
  std::string keys(Outcome outcome) {
    std::string text;
    for (const PlanOp& op : must(store_->planOutcomes(space_, outcome, 0, 100)))
      text += op.key + " ";
    return text;
  }
  void note(std::string id, Halt::Subject subject = Halt::Subject::operations) {
    Halt halt{"limit", subject, "too many", "found", std::move(id)};
    must(store_->setHalts(space_, {&halt, 1}));
  }

  std::unique_ptr<StateStore> store_ = must(StateStore::openInMemory());
  SpaceId space_ = must(store_->openSpace("gallery")).id;
};

TEST_F(HaltsTest, ReleasesExactlyWhatWasHeld) {
  plan({removal("a"), removal("b")});
  EXPECT_EQ(hold(), 2u);
  note("id");
  EXPECT_TRUE(must(store_->release(space_, "id")));
  EXPECT_EQ(keys(Outcome::pending), "a b ");
  EXPECT_TRUE(must(store_->halts(space_)).empty());
  // The next plan has one of them, one in another state, and a new one.
  plan({removal("a"), removal("b", "newer"), removal("c")});
  EXPECT_EQ(hold(), 2u);
  EXPECT_EQ(keys(Outcome::pending), "a ");
  EXPECT_EQ(keys(Outcome::held), "b c ");
}

TEST_F(HaltsTest, AnIdThatNothingWaitsUnderReleasesNothing) {
  plan({removal("a")});
  hold();
  note("id");
  EXPECT_FALSE(must(store_->release(space_, "another")));
  EXPECT_EQ(keys(Outcome::held), "a ");
  EXPECT_EQ(must(store_->halts(space_)).size(), 1u);
  EXPECT_TRUE(must(store_->release(space_, "id")));
  EXPECT_FALSE(must(store_->release(space_, "id")));
}

TEST_F(HaltsTest, ALocalStateIsAPartOfWhatIsReleased) {
  PlanOp op = removal("a");
  op.kind = Kind::removeLocal;
  op.remoteExpected.reset();
  op.localExpected = Fingerprint{1, 2, 3, 4, 5};
  plan({op});
  hold(HoldExtent::all, {Kind::removeLocal});
  note("id");
  must(store_->release(space_, "id"));
  op.localExpected->changeTime = 6;
  plan({op});
  EXPECT_EQ(hold(HoldExtent::all, {Kind::removeLocal}), 1u);
}

TEST_F(HaltsTest, ADirectoryIsReleasedByItsName) {
  plan({directory("d/", 4)});
  EXPECT_EQ(hold(), 1u);
  note("id");
  must(store_->release(space_, "id"));
  plan({directory("d/", 5), directory("e/", 4)});
  EXPECT_EQ(hold(), 1u);
  EXPECT_EQ(keys(Outcome::held), "e/ ");
}

TEST_F(HaltsTest, WhatLeavesThePlanIsReleasedNoMore) {
  plan({removal("a"), removal("b")});
  hold();
  note("id");
  must(store_->release(space_, "id"));
  plan({removal("a")});
  must(store_->forgetReleasedBeyondPlan(space_));
  plan({removal("a"), removal("b")});
  EXPECT_EQ(hold(), 1u);
  EXPECT_EQ(keys(Outcome::held), "b ");
}

TEST_F(HaltsTest, HoldsOnlyWhatReplacesWhenToldSo) {
  PlanOp fresh;
  fresh.kind = Kind::upload;
  fresh.key = "new";
  fresh.localExpected = Fingerprint{1, 2, 3, 4, 5};
  PlanOp replacing = fresh;
  replacing.key = "old";
  replacing.remoteExpected = "v";
  plan({fresh, replacing});
  EXPECT_EQ(hold(HoldExtent::replacing, {Kind::upload}), 1u);
  EXPECT_EQ(keys(Outcome::pending), "new ");
}

TEST_F(HaltsTest, ARootIsReleasedWithWhatWasFound) {
  note("id", Halt::Subject::root);
  EXPECT_FALSE(must(store_->releasedRoot(space_, "limit")));
  EXPECT_TRUE(must(store_->release(space_, "id")));
  EXPECT_EQ(must(store_->releasedRoot(space_, "limit")), "found");
  must(store_->forgetReleasedRoots(space_));
  EXPECT_FALSE(must(store_->releasedRoot(space_, "limit")));
}

TEST_F(HaltsTest, WhatHoldsOperationsReleasesNoRoot) {
  note("id");
  must(store_->release(space_, "id"));
  EXPECT_FALSE(must(store_->releasedRoot(space_, "limit")));
}

TEST_F(HaltsTest, GivesBackEveryFieldOfAHalt) {
  const std::vector<Halt> halts = {{"a", Halt::Subject::nothing, "why", "seen", "1"},
                                   {"b", Halt::Subject::root, "why not", "", "2"}};
  must(store_->setHalts(space_, halts));
  EXPECT_EQ(must(store_->halts(space_)), halts);
  must(store_->setHalts(space_, {}));
  EXPECT_TRUE(must(store_->halts(space_)).empty());
}

TEST_F(HaltsTest, SurvivesARestart) {
  TempDirectory directory;
  {
    auto store = must(StateStore::open(directory.state()));
    SpaceRow row = must(store->openSpace("gallery"));
    row.rootPath = "/there";
    row.baseDoubted = true;
    row.remoteEpoch = 7;
    row.remoteEpochToken = "t";
    must(store->saveSpace(row));
    must(store->addToPlan(row.id, std::vector{removal("a")}));
    must(store->holdOps(row.id, std::vector{Kind::removeRemote}, HoldExtent::all, "limit"));
    Halt halt{"limit", Halt::Subject::operations, "m", "", "id"};
    must(store->setHalts(row.id, {&halt, 1}));
    EXPECT_TRUE(must(store->release(row.id, "id")));
  }
  auto store = must(StateStore::open(directory.state()));
  SpaceRow row = must(store->openSpace("gallery"));
  EXPECT_EQ(row.rootPath, "/there");
  EXPECT_TRUE(row.baseDoubted);
  EXPECT_EQ(row.remoteEpoch, 7u);
  EXPECT_EQ(row.remoteEpochToken, "t");
  EXPECT_EQ(must(store->holdOps(row.id, std::vector{Kind::removeRemote}, HoldExtent::all, "limit")),
            0u);
}

TEST_F(HaltsTest, AnUnlinkedSpaceHasNothingLeftButItsName) {
  SpaceRow row = must(store_->openSpace("gallery"));
  row.rootId = "r";
  row.remoteId = "s";
  row.lastSyncTime = 5;
  row.rootPath = "/there";
  must(store_->saveSpace(row));
  SpaceId other = must(store_->openSpace("other")).id;
  BaseChange kept{BaseChange::Kind::put, localRow("kept")};
  must(store_->commit(other, {&kept, 1}));
  BaseChange change{BaseChange::Kind::put, localRow("gone")};
  must(store_->commit(space_, {&change, 1}));
  plan({removal("a")});
  hold();
  note("id", Halt::Subject::root);
  must(store_->release(space_, "id"));

  must(store_->eraseSpace(space_));
  SpaceRow after = must(store_->openSpace("gallery"));
  EXPECT_EQ(after.id, space_);
  EXPECT_EQ(after.rootId + after.remoteId + after.rootPath, "");
  EXPECT_EQ(after.lastSyncTime, 0);
  EXPECT_EQ(must(store_->totals(space_)).files, 0u);
  EXPECT_EQ(keys(Outcome::pending), "");
  EXPECT_FALSE(must(store_->releasedRoot(space_, "limit")));
  EXPECT_EQ(must(store_->totals(other)).files, 1u);
}

}  // namespace
}  // namespace cloudsync
