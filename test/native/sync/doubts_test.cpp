#include "sync/doubts.h"

#include <gtest/gtest.h>

#include "sync/reconcile.h"

// A disk or a machine failed: what is missing here since then was taken by nobody.

namespace cloudsync {
namespace {

using Act = Decision::Act;
using Kind = PlanOp::Kind;

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr ReconcilePolicy kTrusting{true, false, std::nullopt};
// The row that was looked at last before the end is the one below.
constexpr ReconcilePolicy kDoubting{true, false, Doubts{100 * kSecond, 700 * kSecond}};

// A file of ten bytes that both sides had, changed at second 600 and looked at at 700.
struct Story {
  BaseFacts base;
  LocalFacts local;
  RemoteFacts remote;
  Triple triple;

  explicit Story(std::string_view key = "f") {
    base.local = true;
    base.fingerprint = {7, 1, 10, 500 * kSecond, 600 * kSecond};
    base.lookedAt = 700 * kSecond;
    base.size = 10;
    base.remoteVersion = "v1";
    local.stat.inode = 7;
    local.stat.birthTime = 1;
    local.stat.size = 10;
    local.stat.modifyTime = 500 * kSecond;
    local.stat.changeTime = 600 * kSecond;
    remote.version = "v1";
    triple.key = key;
    triple.base = &base;
    triple.local = Presence::present;
    triple.localFacts = &local;
    triple.remote = Presence::present;
    triple.remoteFacts = &remote;
  }
  Story& missing() {
    triple.local = Presence::absent;
    triple.localFacts = nullptr;
    return *this;
  }
  Story& deletedThere() {
    triple.remote = Presence::absent;
    triple.remoteFacts = nullptr;
    return *this;
  }
  Story& cutTo(ByteCount size, Nanoseconds changeTime = 600 * kSecond) {
    local.stat.size = size;
    local.stat.changeTime = changeTime;
    return *this;
  }
  Decision decide(const ReconcilePolicy& policy) const { return reconcile(triple, policy); }
};

Decision operate(Kind kind) { return {Act::operate, kind}; }

TEST(Doubts, S046AFileThatIsShorterThoughNoTimeHasMovedIsFetchedAgain) {
  for (const ReconcilePolicy& policy : {kTrusting, kDoubting}) {
    for (ByteCount size : {0, 9}) {
      EXPECT_EQ(Story().cutTo(size).decide(policy), operate(Kind::download));
      // An inode that was brought to the disk earlier than its row was written.
      EXPECT_EQ(Story().cutTo(size, 599 * kSecond).decide(policy), operate(Kind::download));
      EXPECT_EQ(Story().cutTo(size).deletedThere().decide(policy), operate(Kind::removeLocal));
    }
  }
}

TEST(Doubts, S046AnEditThatMakesAFileShorterIsAnEdit) {
  EXPECT_EQ(Story().cutTo(9, 601 * kSecond).decide(kTrusting), operate(Kind::upload));
  EXPECT_EQ(Story().cutTo(9, 601 * kSecond).decide(kDoubting), operate(Kind::upload));
  EXPECT_EQ(Story().cutTo(0, 601 * kSecond).decide(kTrusting), operate(Kind::upload));
  Story replaced;
  replaced.cutTo(9).local.stat.inode = 8;
  EXPECT_EQ(replaced.decide(kDoubting), operate(Kind::upload));
  Story reborn;
  reborn.cutTo(9).local.stat.birthTime = 2;
  EXPECT_EQ(reborn.decide(kDoubting), operate(Kind::upload));
  // Longer is no loss, whatever the times say.
  EXPECT_EQ(Story().cutTo(11).decide(kDoubting), operate(Kind::upload));
}

TEST(Doubts, S046WithinTheGrainOfTheClockOnlyAMachineThatWentDownTells) {
  Story story;
  story.base.lookedAt = 600 * kSecond + 5;
  story.cutTo(9);
  EXPECT_EQ(story.decide(kTrusting), operate(Kind::upload));
  EXPECT_EQ(story.decide(kDoubting), operate(Kind::download));
}

TEST(Doubts, S046AnEmptyFileIsNoEditAfterTheMachineWentDown) {
  EXPECT_EQ(Story().cutTo(0, 650 * kSecond).decide(kDoubting), operate(Kind::download));
  Story wasEmpty;
  wasEmpty.base.fingerprint.size = 0;
  EXPECT_EQ(wasEmpty.cutTo(0, 650 * kSecond).decide(kDoubting), operate(Kind::upload));
}

TEST(Doubts, S046WhatWasLookedAtShortlyBeforeIsComparedByItsBytes) {
  EXPECT_EQ(Story().decide(kTrusting), Decision{});
  EXPECT_EQ(Story().decide(kDoubting), operate(Kind::upload));  // which looks first
  Story old;
  old.base.lookedAt = 99 * kSecond;
  old.base.fingerprint.modifyTime = old.local.stat.modifyTime = 50 * kSecond;
  EXPECT_EQ(old.decide(kDoubting), Decision{});
  Story later;
  later.base.lookedAt = 701 * kSecond;
  EXPECT_EQ(later.decide(kDoubting), Decision{});
}

TEST(Doubts, S047ANameThatIsMissingWasNotDeletedByAnybody) {
  EXPECT_EQ(Story().missing().decide(kTrusting), operate(Kind::removeRemote));
  EXPECT_EQ(Story().missing().decide(kDoubting), operate(Kind::download));
  EXPECT_EQ(Story().missing().deletedThere().decide(kDoubting),
            (Decision{Act::erase, Kind::forget}));
  Story old;
  old.base.lookedAt = 99 * kSecond;
  EXPECT_EQ(old.missing().decide(kDoubting), operate(Kind::removeRemote));
}

TEST(Doubts, S047AFolderThatIsMissingIsMadeAgain) {
  EXPECT_EQ(Story("d/").missing().decide(kTrusting), operate(Kind::removeRemoteDirectory));
  EXPECT_EQ(Story("d/").missing().decide(kDoubting), operate(Kind::makeLocalDirectory));
}

TEST(Doubts, WhatOnlyTheCloudHasWasNotLost) {
  Story cloudOnly;
  cloudOnly.base.local = false;
  EXPECT_FALSE(isLostHere(cloudOnly.missing().triple, kDoubting));
  Story ignored;
  ignored.base.standing = Standing::ignored;
  EXPECT_FALSE(isLostHere(ignored.missing().triple, kDoubting));
  Story unread;
  unread.triple.local = Presence::unknown;
  EXPECT_FALSE(isLostHere(unread.triple, kDoubting));
}

TEST(Doubts, CoverTenMinutesBeforeTheLastLook) {
  Doubts doubts = Doubts::before(1'000 * kSecond);
  BaseFacts row;
  for (auto [lookedAt, covered] :
       {std::pair{400, true}, {399, false}, {1'000, true}, {1'001, false}}) {
    row.lookedAt = lookedAt * kSecond;
    EXPECT_EQ(doubts.cover(row), covered) << lookedAt;
  }
}

}  // namespace
}  // namespace cloudsync
