#include "sync/reconcile.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cloudsync {
namespace {

using Act = Decision::Act;
using Kind = PlanOp::Kind;

constexpr Nanoseconds kSecond = 1'000'000'000;

// Builds one triple; the facts live in it.
struct Case {
  BaseFacts base;
  LocalFacts local;
  RemoteFacts remote;
  Triple triple;

  explicit Case(std::string_view key) { triple.key = key; }

  // What both sides agreed on: version "v1" of a file modified at second 100, looked at at 200.
  Case& agreed(bool withLocal) {
    base.local = withLocal;
    base.fingerprint = {7, 1, 10, 100 * kSecond + 5, 100 * kSecond + 6};
    base.lookedAt = 200 * kSecond;
    base.size = 10;
    base.remoteVersion = "v1";
    triple.base = &base;
    return *this;
  }
  Case& standing(Standing standing) {
    base.standing = standing;
    return *this;
  }
  Case& here(bool changed = false) {
    local.stat.inode = 7;
    local.stat.birthTime = 1;
    local.stat.size = changed ? 11 : 10;
    local.stat.modifyTime = 100 * kSecond + 5;
    local.stat.changeTime = 100 * kSecond + 6;
    triple.local = Presence::present;
    triple.localFacts = &local;
    return *this;
  }
  Case& there(std::string_view version = "v1") {
    remote.version = version;
    remote.size = 10;
    triple.remote = Presence::present;
    triple.remoteFacts = &remote;
    return *this;
  }
};

constexpr ReconcilePolicy kAll{true, false};
constexpr ReconcilePolicy kOnDemand{false, false};
constexpr ReconcilePolicy kGallery{false, true};

Decision operate(Kind kind) { return {Act::operate, kind}; }
Decision decide(const Case& c, const ReconcilePolicy& policy = kAll) {
  return reconcile(c.triple, policy);
}

TEST(Reconcile, WhatAgreesNeedsNothing) {
  EXPECT_EQ(decide(Case("f").agreed(true).here().there()), Decision{});
  EXPECT_EQ(decide(Case("f").agreed(false).there(), kOnDemand), Decision{});
  EXPECT_EQ(decide(Case("f")), Decision{});
}

TEST(Reconcile, TheSideThatChangedWins) {
  EXPECT_EQ(decide(Case("f").agreed(true).here(true).there()), operate(Kind::upload));
  EXPECT_EQ(decide(Case("f").agreed(true).here().there("v2")), operate(Kind::download));
  EXPECT_EQ(decide(Case("f").agreed(true).here().there("v2"), kOnDemand), operate(Kind::download));
}

TEST(Reconcile, NewFilesTravel) {
  EXPECT_EQ(decide(Case("f").here()), operate(Kind::upload));
  EXPECT_EQ(decide(Case("f").there()), operate(Kind::download));
  EXPECT_EQ(decide(Case("f").there(), kOnDemand), (Decision{Act::record, Kind::recordCloud}));
}

TEST(Reconcile, DeletionsTravelOnlyWithAnAgreement) {
  EXPECT_EQ(decide(Case("f").agreed(true).there()), operate(Kind::removeRemote));
  EXPECT_EQ(decide(Case("f").agreed(true).here()), operate(Kind::removeLocal));
  EXPECT_EQ(decide(Case("f").agreed(true)), (Decision{Act::erase, Kind::forget}));
}

TEST(Reconcile, AnEditSurvivesADeletion) {
  EXPECT_EQ(decide(Case("f").agreed(true).here(true)), operate(Kind::upload));
  EXPECT_EQ(decide(Case("f").agreed(true).there("v2")), operate(Kind::download));
  EXPECT_EQ(decide(Case("f").agreed(true).there("v2"), kOnDemand),
            (Decision{Act::record, Kind::recordCloud}));
}

TEST(Reconcile, TwoContentsAreComparedNeverOverwritten) {
  EXPECT_EQ(decide(Case("f").here().there()), operate(Kind::compare));
  EXPECT_EQ(decide(Case("f").agreed(true).here(true).there("v2")), operate(Kind::compare));
  // A file made at the name of a cloud-only one.
  EXPECT_EQ(decide(Case("f").agreed(false).here().there(), kOnDemand), operate(Kind::compare));
  EXPECT_EQ(decide(Case("f").agreed(false).here().there("v2"), kOnDemand), operate(Kind::compare));
}

TEST(Reconcile, TheAbsenceOfACloudOnlyFileIsNoDeletion) {
  EXPECT_EQ(decide(Case("f").agreed(false).there(), kOnDemand), Decision{});
  EXPECT_EQ(decide(Case("f").agreed(false).there("v2"), kOnDemand),
            (Decision{Act::record, Kind::recordCloud}));
  EXPECT_EQ(decide(Case("f").agreed(false), kOnDemand), operate(Kind::forget));
}

TEST(Reconcile, KeepingAllFetchesWhatIsMissingButNotWhatWasFreed) {
  EXPECT_EQ(decide(Case("f").agreed(false).there()), operate(Kind::download));
  Case freed("f");
  freed.agreed(false).there();
  freed.base.mark = Mark::freed;
  EXPECT_EQ(decide(freed), Decision{});
}

TEST(Reconcile, NothingIsDoneAboutWhatIsUnknown) {
  for (Presence hidden : {Presence::unknown, Presence::aside}) {
    for (bool changed : {false, true}) {
      Case remoteHidden("f");
      remoteHidden.agreed(true).here(changed);
      remoteHidden.triple.remote = hidden;
      EXPECT_EQ(decide(remoteHidden), Decision{});
      Case localHidden("f");
      localHidden.agreed(true).there(changed ? "v2" : "v1");
      localHidden.triple.local = hidden;
      EXPECT_EQ(decide(localHidden), Decision{});
    }
    Case gone("f");
    gone.agreed(true);
    gone.triple.remote = hidden;
    EXPECT_EQ(decide(gone), Decision{});
  }
}

TEST(Reconcile, ARacyFingerprintIsNotBelieved) {
  Case c("f");
  c.agreed(true).here().there();
  c.base.lookedAt = 100 * kSecond + 10;
  EXPECT_EQ(decide(c), operate(Kind::upload));
}

TEST(Reconcile, AGalleryJudgesNewLocalFilesOnly) {
  EXPECT_EQ(decide(Case("f").here(), kGallery), (Decision{Act::judge, Kind::upload}));
  EXPECT_EQ(decide(Case("f").agreed(true).here(true).there(), kGallery), operate(Kind::upload));
  EXPECT_EQ(decide(Case("d/").here(), kGallery), Decision{});
}

TEST(Reconcile, AVerdictHoldsUntilTheFileOrTheCloudSaysOtherwise) {
  EXPECT_EQ(decide(Case("f").agreed(true).standing(Standing::ignored).here(), kGallery),
            Decision{});
  EXPECT_EQ(decide(Case("f").agreed(true).standing(Standing::ignored).here(true), kGallery),
            (Decision{Act::judge, Kind::upload}));
  EXPECT_EQ(decide(Case("f").agreed(true).standing(Standing::ignored).here().there(), kGallery),
            operate(Kind::compare));
  EXPECT_EQ(decide(Case("f").agreed(true).standing(Standing::ignored), kGallery),
            (Decision{Act::erase, Kind::forget}));
  EXPECT_EQ(decide(Case("f").agreed(true).standing(Standing::ignored).there(), kGallery),
            (Decision{Act::record, Kind::recordCloud}));
}

TEST(Reconcile, AMarkWithoutAgreementIsANewFile) {
  EXPECT_EQ(decide(Case("f").agreed(true).standing(Standing::local).here()), operate(Kind::upload));
  EXPECT_EQ(decide(Case("f").agreed(true).standing(Standing::local)),
            (Decision{Act::erase, Kind::forget}));
}

TEST(Reconcile, DirectoriesFollowTheSideThatMadeOrRemovedThem) {
  EXPECT_EQ(decide(Case("d/").here()), operate(Kind::makeRemoteDirectory));
  EXPECT_EQ(decide(Case("d/").there()), operate(Kind::makeLocalDirectory));
  EXPECT_EQ(decide(Case("d/").here().there()), (Decision{Act::record, Kind::adopt}));
  EXPECT_EQ(decide(Case("d/").agreed(true).here().there()), Decision{});
  EXPECT_EQ(decide(Case("d/").agreed(true).here()), operate(Kind::removeLocalDirectory));
  EXPECT_EQ(decide(Case("d/").agreed(true).there()), operate(Kind::removeRemoteDirectory));
  EXPECT_EQ(decide(Case("d/").agreed(false).there()), Decision{});
  EXPECT_EQ(decide(Case("d/").agreed(false).here()), operate(Kind::makeRemoteDirectory));
  EXPECT_EQ(decide(Case("d/").agreed(true).standing(Standing::ignored).here()), Decision{});
  EXPECT_EQ(decide(Case("d/").agreed(true)), (Decision{Act::erase, Kind::forget}));
}

// Every combination: no decision may act on a side because of what is not known about the other,
// and a union never deletes.
TEST(Reconcile, NoCombinationDeletesWithoutAnAgreementThatStillHolds) {
  for (int bits = 0; bits < 2 * 3 * 2 * 2 * 4 * 4; ++bits) {
    int rest = bits;
    auto take = [&rest](int n) {
      int value = rest % n;
      rest /= n;
      return value;
    };
    bool hasBase = take(2) == 1;
    auto standing = static_cast<Standing>(take(3));
    bool baseLocal = take(2) == 1;
    bool directory = take(2) == 1;
    int local = take(4);   // absent, unknown, same, changed
    int remote = take(4);  // absent, unknown, same, changed
    Case c(directory ? "d/" : "f");
    if (hasBase) c.agreed(baseLocal).standing(standing);
    if (local >= 2) c.here(local == 3);
    if (remote >= 2) c.there(remote == 3 ? "v2" : "v1");
    if (local == 1) c.triple.local = Presence::unknown;
    if (remote == 1) c.triple.remote = Presence::unknown;
    for (const ReconcilePolicy& policy : {kAll, kOnDemand, kGallery}) {
      Decision decision = reconcile(c.triple, policy);
      Decision unionDecision = reconcileAsUnion(c.triple, policy);
      bool hidden = local == 1 || remote == 1;
      if (hidden) {
        EXPECT_EQ(decision, Decision{}) << bits;
      }
      bool agreement = hasBase && standing == Standing::synced && baseLocal;
      if (decision.act == Act::operate && decision.kind == Kind::removeLocal) {
        EXPECT_TRUE(agreement && local == 2 && remote == 0) << bits;
      }
      if (decision.act == Act::operate && decision.kind == Kind::removeRemote) {
        EXPECT_TRUE(agreement && local == 0 && remote == 2) << bits;
      }
      if (local == 3 && remote == 3) {
        EXPECT_TRUE(directory || decision == operate(Kind::compare)) << bits;
      }
      for (Kind kind : {Kind::removeLocal, Kind::removeRemote, Kind::removeLocalDirectory,
                        Kind::removeRemoteDirectory}) {
        EXPECT_FALSE(unionDecision.act == Act::operate && unionDecision.kind == kind) << bits;
      }
    }
  }
}

}  // namespace
}  // namespace cloudsync
