#include "store/racy.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kFine = 100 * kSecond + 1;

Fingerprint changedAt(Nanoseconds modifyTime, Nanoseconds changeTime) {
  return {1, 1, 1, modifyTime, changeTime};
}

TEST(Racy, AChangeWithinTheTickOfTheLookIs) {
  Fingerprint file = changedAt(kFine, kFine);
  EXPECT_TRUE(racyByModifyTime(file, kFine));
  EXPECT_TRUE(racyByModifyTime(file, kFine + 19 * kMillisecond));
  EXPECT_FALSE(racyByModifyTime(file, kFine + 21 * kMillisecond));
  EXPECT_TRUE(racyByChangeTime(file, kFine + 19 * kMillisecond));
  EXPECT_FALSE(racyByChangeTime(file, kFine + 21 * kMillisecond));
}

TEST(Racy, WholeSecondsAreForTwoSeconds) {
  Fingerprint coarse = changedAt(100 * kSecond, 100 * kSecond);
  EXPECT_TRUE(racyByModifyTime(coarse, 101 * kSecond));
  EXPECT_FALSE(racyByModifyTime(coarse, 103 * kSecond));
  EXPECT_TRUE(racyByChangeTime(coarse, 101 * kSecond));
  EXPECT_FALSE(racyByChangeTime(coarse, 103 * kSecond));
}

TEST(Racy, ATimeInTheFutureIs) {
  EXPECT_TRUE(racyByModifyTime(changedAt(kFine + kSecond, kFine), kFine));
}

TEST(Racy, WhatADownloadPlacedIsForFreeingButNotForAScan) {
  Fingerprint placed = changedAt(kFine - 1000 * kSecond, kFine);
  EXPECT_FALSE(racyByModifyTime(placed, kFine));
  EXPECT_TRUE(racyByChangeTime(placed, kFine));
}

TEST(Racy, ATimeSetBackHidesAChangeFromAScanOnly) {
  Fingerprint setBack = changedAt(kFine - kSecond, kFine + kMillisecond);
  EXPECT_FALSE(racyByModifyTime(setBack, kFine));
  EXPECT_TRUE(racyByChangeTime(setBack, kFine));
}

}  // namespace
}  // namespace cloudsync
