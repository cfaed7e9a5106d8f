#include <gtest/gtest.h>

#include "support.h"

namespace cloudsync {
namespace {

using namespace cloudsync::testing;
using Kind = PlanOp::Kind;
using Outcome = PlanOp::Outcome;
using Order = StateStore::Order;

class Plan : public ::testing::Test {
 protected:
  static PlanOp op(Kind kind, std::string key, ByteCount size = 1) {
    PlanOp made;
    made.kind = kind;
    made.key = std::move(key);
    made.size = size;
    return made;
  }
  void add(std::vector<PlanOp> ops) { must(store_->addToPlan(space_, ops)); }
  std::vector<PlanOp> page(std::vector<Kind> kinds, std::optional<std::int64_t> after = {},
                           Order order = Order::ascending, std::size_t limit = 100) {
    return must(store_->planPage(space_, kinds, after, order, limit));
  }
  static std::string keysOf(const std::vector<PlanOp>& ops) {
    std::string keys;
    for (const PlanOp& one : ops) keys += one.key + " ";
    return keys;
  }

  std::unique_ptr<StateStore> store_ = must(StateStore::openInMemory());
  SpaceId space_ = must(store_->openSpace("gallery")).id;
};

TEST_F(Plan, GivesBackEveryFieldOfAnOperation) {
  PlanOp full = op(Kind::compare, "bytes \xff", 123);
  full.outcome = Outcome::held;
  full.localExpected = Fingerprint{1, -2, 3, 4, 5};
  full.remoteExpected = "";
  full.message = "why";
  full.remoteModifyTime = -17;
  PlanOp bare = op(Kind::download, "b");
  bare.outcome = Outcome::held;
  add({full, bare});

  std::vector<PlanOp> ops = must(store_->planOutcomes(space_, Outcome::held, 0, 10));
  ASSERT_EQ(ops.size(), 2U);
  EXPECT_EQ(ops[0].kind, Kind::compare);
  EXPECT_EQ(ops[0].key, full.key);
  EXPECT_EQ(ops[0].size, 123U);
  EXPECT_EQ(ops[0].localExpected, full.localExpected);
  EXPECT_EQ(ops[0].remoteExpected, full.remoteExpected);
  EXPECT_EQ(ops[0].message, "why");
  EXPECT_EQ(ops[0].remoteModifyTime, -17);
  EXPECT_FALSE(ops[1].localExpected);
  EXPECT_FALSE(ops[1].remoteExpected);
  EXPECT_LT(ops[0].sequence, ops[1].sequence);
}

TEST_F(Plan, IsReadPageByPageInBothDirections) {
  for (const char* key : {"a", "b", "c", "d", "e"}) add({op(Kind::upload, key)});
  std::vector<PlanOp> first = page({Kind::upload}, {}, Order::ascending, 2);
  EXPECT_EQ(keysOf(first), "a b ");
  EXPECT_EQ(keysOf(page({Kind::upload}, first.back().sequence)), "c d e ");
  std::vector<PlanOp> last = page({Kind::upload}, {}, Order::descending, 2);
  EXPECT_EQ(keysOf(last), "e d ");
  EXPECT_EQ(keysOf(page({Kind::upload}, last.back().sequence, Order::descending)), "c b a ");
}

TEST_F(Plan, ShowsOnlyTheKindsAskedFor) {
  add({op(Kind::makeLocalDirectory, "a/"), op(Kind::download, "a/b"), op(Kind::adopt, "c")});
  EXPECT_EQ(keysOf(page({Kind::makeLocalDirectory, Kind::adopt})), "a/ c ");
  EXPECT_EQ(keysOf(page({Kind::removeRemote})), "");
  EXPECT_EQ(keysOf(page({})), "");
}

TEST_F(Plan, ShowsWhatIsSettledNoMore) {
  add({op(Kind::upload, "a"), op(Kind::upload, "b"), op(Kind::upload, "c")});
  std::vector<PlanOp> ops = page({Kind::upload});
  ops[0].outcome = Outcome::done;
  ops[1].outcome = Outcome::failed;
  ops[1].message = "disk on fire";
  must(store_->settleOps(space_, std::span(ops).first(2)));
  EXPECT_EQ(keysOf(page({Kind::upload})), "c ");
  std::vector<PlanOp> failed = must(store_->planOutcomes(space_, Outcome::failed, 0, 10));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].message, "disk on fire");
}

TEST_F(Plan, HoldsThePendingOperationsOfSomeKinds) {
  add({op(Kind::removeLocal, "a"), op(Kind::upload, "b"), op(Kind::removeRemote, "c")});
  std::vector<PlanOp> done = page({Kind::removeRemote});
  done[0].outcome = Outcome::done;
  must(store_->settleOps(space_, done));
  must(store_->holdOps(space_, std::vector{Kind::removeLocal, Kind::removeRemote}, HoldExtent::all,
                       "too many"));
  std::vector<PlanOp> held = must(store_->planOutcomes(space_, Outcome::held, 0, 10));
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].key, "a");
  EXPECT_EQ(held[0].message, "too many");
}

TEST_F(Plan, CountsWhatIsLeftAndWhatBecameOfTheRest) {
  add({op(Kind::download, "a", 10), op(Kind::download, "b", 20), op(Kind::upload, "c", 40),
       op(Kind::removeLocal, "d", 80), op(Kind::download, "e", 160), op(Kind::upload, "f", 320)});
  std::vector<PlanOp> ops = page({Kind::download});
  ops[2].outcome = Outcome::postponed;
  std::vector<PlanOp> uploads = page({Kind::upload});
  uploads[1].outcome = Outcome::failed;
  must(store_->settleOps(space_, ops));
  must(store_->settleOps(space_, uploads));
  must(store_->holdOps(space_, std::vector{Kind::removeLocal}, HoldExtent::all, "?"));

  PlanCounts counts = must(store_->planCounts(space_));
  EXPECT_EQ(counts.pendingByKind[static_cast<std::size_t>(Kind::download)], 2U);
  EXPECT_EQ(counts.pendingByKind[static_cast<std::size_t>(Kind::upload)], 1U);
  EXPECT_EQ(counts.pendingByKind[static_cast<std::size_t>(Kind::removeLocal)], 0U);
  EXPECT_EQ(counts.downloadBytes, 30U);
  EXPECT_EQ(counts.uploadBytes, 40U);
  EXPECT_EQ(counts.postponed, 1U);
  EXPECT_EQ(counts.failed, 1U);
  EXPECT_EQ(counts.held, 1U);
}

TEST_F(Plan, IsClearedPerSpaceHoweverLongItIs) {
  SpaceId other = must(store_->openSpace("other")).id;
  must(store_->addToPlan(other, std::vector{op(Kind::upload, "mine")}));
  std::vector<PlanOp> many(120'000, op(Kind::upload, "x"));
  add(many);
  must(store_->clearPlan(space_));
  EXPECT_EQ(keysOf(page({Kind::upload})), "");
  EXPECT_EQ(
      must(store_->planPage(other, std::vector{Kind::upload}, {}, Order::ascending, 10)).size(),
      1U);
  add({op(Kind::upload, "again")});
  EXPECT_EQ(keysOf(page({Kind::upload})), "again ");
}

}  // namespace
}  // namespace cloudsync
