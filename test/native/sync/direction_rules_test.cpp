#include "sync/direction_rules.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <vector>

// One-way spaces: every combination of what both agreed on, what is here and what is in the cloud.

namespace cloudsync {

void PrintTo(const Decision& decision, std::ostream* out) {
  *out << "act " << static_cast<int>(decision.act) << " kind " << static_cast<int>(decision.kind);
}

namespace {

using Act = Decision::Act;
using Kind = PlanOp::Kind;

enum class Base { none, agreed, cloudOnly, freed };
enum class Side { gone, same, changed };

constexpr std::array kBases = {Base::none, Base::agreed, Base::cloudOnly, Base::freed};
constexpr std::array kSides = {Side::gone, Side::same, Side::changed};

constexpr Decision kNothing{};
constexpr Decision kRecord{Act::record, Kind::recordCloud};
constexpr Decision kAgree{Act::record, Kind::adopt};
constexpr Decision kErase{Act::erase, Kind::forget};
constexpr Decision kLetGo{Act::letGo, Kind::recordCloud};
constexpr Decision kDiffer{Act::differ, Kind::download};
constexpr Decision operate(Kind kind) { return {Act::operate, kind}; }

struct State {
  Base base;
  Side here;
  Side there;
};

// The facts that a triple points to, and it.
class World {
 public:
  World(std::string_view key, const State& state) {
    triple_.key = key;
    base_.local = state.base == Base::agreed;
    base_.mark = state.base == Base::freed ? Mark::freed : Mark::none;
    base_.fingerprint = Fingerprint{7, 1, 10, kLongAgo, kLongAgo};
    base_.lookedAt = 2 * kLongAgo;
    base_.remoteVersion = "v1";
    if (state.base != Base::none) triple_.base = &base_;
    if (state.here != Side::gone) {
      local_.stat.inode = 7;
      local_.stat.birthTime = 1;
      local_.stat.size = state.here == Side::same ? 10 : 11;
      local_.stat.modifyTime = kLongAgo;
      local_.stat.changeTime = kLongAgo;
      triple_.local = Presence::present;
      triple_.localFacts = &local_;
    }
    if (state.there != Side::gone) {
      remote_.version = state.there == Side::same ? "v1" : "v2";
      triple_.remote = Presence::present;
      triple_.remoteFacts = &remote_;
    }
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Triple& triple() const { return triple_; }

 private:
  static constexpr Nanoseconds kLongAgo = 100'000'000'000;

  BaseFacts base_;
  LocalFacts local_;
  RemoteFacts remote_;
  Triple triple_;
};

struct Row {
  State state;
  Decision expected;
};

void expectTable(std::string_view key, Direction direction, const std::vector<Row>& rows) {
  const ReconcilePolicy policy{true, false, direction};
  for (const Row& row : rows) {
    World world(key, row.state);
    EXPECT_EQ(reconcile(world.triple(), policy), row.expected)
        << key << ": base " << static_cast<int>(row.state.base) << ", here "
        << static_cast<int>(row.state.here) << ", there " << static_cast<int>(row.state.there);
  }
}

constexpr Side gone = Side::gone;
constexpr Side same = Side::same;
constexpr Side changed = Side::changed;

TEST(DirectionRules, UploadingFiles) {
  expectTable("f", Direction::upload,
              {
                  {{Base::none, gone, gone}, kNothing},
                  {{Base::none, same, gone}, operate(Kind::upload)},
                  {{Base::none, gone, same}, kRecord},
                  {{Base::none, same, same}, operate(Kind::compare)},

                  {{Base::agreed, same, same}, kNothing},
                  {{Base::agreed, changed, same}, operate(Kind::upload)},
                  {{Base::agreed, gone, same}, operate(Kind::removeRemote)},
                  {{Base::agreed, same, changed}, kDiffer},
                  {{Base::agreed, changed, changed}, operate(Kind::compare)},
                  {{Base::agreed, gone, changed}, kRecord},
                  {{Base::agreed, same, gone}, operate(Kind::upload)},
                  {{Base::agreed, changed, gone}, operate(Kind::upload)},
                  {{Base::agreed, gone, gone}, kErase},

                  {{Base::cloudOnly, gone, same}, kNothing},
                  {{Base::cloudOnly, gone, changed}, kRecord},
                  {{Base::cloudOnly, gone, gone}, operate(Kind::forget)},
                  {{Base::cloudOnly, changed, same}, operate(Kind::compare)},
                  {{Base::cloudOnly, changed, changed}, operate(Kind::compare)},
                  {{Base::cloudOnly, changed, gone}, operate(Kind::upload)},
                  {{Base::freed, gone, same}, kNothing},
                  {{Base::freed, gone, changed}, kRecord},
              });
}

TEST(DirectionRules, DownloadingFiles) {
  expectTable("f", Direction::download,
              {
                  {{Base::none, gone, gone}, kNothing},
                  {{Base::none, same, gone}, kNothing},
                  {{Base::none, gone, same}, operate(Kind::download)},
                  {{Base::none, same, same}, operate(Kind::compare)},

                  {{Base::agreed, same, same}, kNothing},
                  {{Base::agreed, changed, same}, operate(Kind::compare)},
                  {{Base::agreed, gone, same}, kLetGo},
                  {{Base::agreed, same, changed}, operate(Kind::download)},
                  {{Base::agreed, changed, changed}, operate(Kind::compare)},
                  {{Base::agreed, gone, changed}, operate(Kind::download)},
                  {{Base::agreed, same, gone}, operate(Kind::removeLocal)},
                  {{Base::agreed, changed, gone}, kErase},
                  {{Base::agreed, gone, gone}, kErase},

                  {{Base::cloudOnly, gone, same}, operate(Kind::download)},
                  {{Base::cloudOnly, gone, changed}, operate(Kind::download)},
                  {{Base::cloudOnly, gone, gone}, operate(Kind::forget)},
                  {{Base::cloudOnly, changed, same}, operate(Kind::compare)},
                  {{Base::cloudOnly, changed, changed}, operate(Kind::compare)},
                  {{Base::cloudOnly, changed, gone}, kErase},
                  {{Base::freed, gone, same}, kNothing},
                  {{Base::freed, gone, changed}, operate(Kind::download)},
              });
}

TEST(DirectionRules, UploadingDirectories) {
  expectTable("d/", Direction::upload,
              {
                  {{Base::none, same, gone}, operate(Kind::makeRemoteDirectory)},
                  {{Base::none, gone, same}, kNothing},
                  {{Base::none, same, same}, kAgree},
                  {{Base::agreed, same, same}, kNothing},
                  {{Base::agreed, same, gone}, operate(Kind::makeRemoteDirectory)},
                  {{Base::agreed, gone, same}, operate(Kind::removeRemoteDirectory)},
                  {{Base::agreed, gone, gone}, kErase},
                  {{Base::cloudOnly, gone, same}, kNothing},
                  {{Base::cloudOnly, same, gone}, operate(Kind::makeRemoteDirectory)},
              });
}

TEST(DirectionRules, DownloadingDirectories) {
  expectTable("d/", Direction::download,
              {
                  {{Base::none, same, gone}, kNothing},
                  {{Base::none, gone, same}, operate(Kind::makeLocalDirectory)},
                  {{Base::none, same, same}, kAgree},
                  {{Base::agreed, same, same}, kNothing},
                  {{Base::agreed, same, gone}, operate(Kind::removeLocalDirectory)},
                  {{Base::agreed, gone, same}, kRecord},
                  {{Base::agreed, gone, gone}, kErase},
                  {{Base::cloudOnly, gone, same}, kNothing},
                  {{Base::cloudOnly, same, gone}, kErase},
              });
}

// As long as its look is too fresh to be believed, nobody knows whether it was edited.
TEST(DirectionRules, AFileThatWasJustSyncedFollowsADeletionThere) {
  Triple triple;
  BaseFacts base;
  LocalFacts local;
  local.stat.modifyTime = 100'000'000'000;
  base.local = true;
  base.fingerprint = Fingerprint::of(local.stat);
  base.lookedAt = local.stat.modifyTime;
  triple.key = "f";
  triple.base = &base;
  triple.local = Presence::present;
  triple.localFacts = &local;
  EXPECT_EQ(reconcile(triple, {true, false, Direction::download}), operate(Kind::removeLocal));
  EXPECT_EQ(reconcile(triple, {true, false, Direction::upload}), operate(Kind::upload));
}

bool changesHere(Kind kind) {
  return kind == Kind::download || kind == Kind::removeLocal || kind == Kind::makeLocalDirectory ||
         kind == Kind::removeLocalDirectory;
}
bool changesCloud(Kind kind) {
  return kind == Kind::upload || kind == Kind::removeRemote || kind == Kind::makeRemoteDirectory ||
         kind == Kind::removeRemoteDirectory;
}
bool removes(Kind kind) {
  return kind == Kind::removeLocal || kind == Kind::removeRemote ||
         kind == Kind::removeLocalDirectory || kind == Kind::removeRemoteDirectory;
}

// A union that changes neither side leaves no row either that a later run would believe.
TEST(DirectionRules, NoCombinationChangesTheSideThatMustNotBe) {
  for (std::string_view key : {"f", "d/"}) {
    for (bool keepAll : {false, true}) {
      for (bool mediaOnly : {false, true}) {
        for (Base base : kBases) {
          for (Side here : kSides) {
            for (Side there : kSides) {
              World world(key, {base, here, there});
              ReconcilePolicy up{keepAll, mediaOnly, Direction::upload};
              ReconcilePolicy down{keepAll, mediaOnly, Direction::download};
              for (const Decision& decision :
                   {reconcile(world.triple(), up), reconcileAsUnion(world.triple(), up)}) {
                EXPECT_FALSE(decision.act == Act::operate && changesHere(decision.kind));
              }
              for (const Decision& decision :
                   {reconcile(world.triple(), down), reconcileAsUnion(world.triple(), down)}) {
                EXPECT_FALSE(decision.act == Act::operate && changesCloud(decision.kind));
                EXPECT_NE(decision.act, Act::judge);
              }
              for (const ReconcilePolicy& policy : {up, down}) {
                Decision decision = reconcileAsUnion(world.triple(), policy);
                EXPECT_FALSE(decision.act == Act::operate && removes(decision.kind));
              }
            }
          }
        }
      }
    }
  }
}

TEST(DirectionRules, WhatSaysWhatIsIgnoredIsAlwaysBroughtHere) {
  World new_("d/.cloudsyncignore", {Base::none, gone, same});
  World known(".cloudsyncignore", {Base::cloudOnly, gone, same});
  const ReconcilePolicy onDemand{false, false, Direction::both};
  EXPECT_EQ(reconcile(new_.triple(), onDemand), operate(Kind::download));
  EXPECT_EQ(reconcile(known.triple(), onDemand), operate(Kind::download));
  World other("d/x.cloudsyncignore", {Base::none, gone, same});
  EXPECT_EQ(reconcile(other.triple(), onDemand), kRecord);
  // A gallery takes media only, and this.
  World here(".cloudsyncignore", {Base::none, same, gone});
  EXPECT_EQ(reconcile(here.triple(), {false, true, Direction::both}), operate(Kind::upload));
}

}  // namespace
}  // namespace cloudsync
