#include "service/owner_lock.h"

#include <gtest/gtest.h>

#include "base/sim_scheduler.h"
#include "fs/sim_file_system.h"

namespace cloudsync {
namespace {

using Standing = OwnerLock::Standing;

// A state directory on a simulated disk.
class OwnerLockTest : public ::testing::Test {
 protected:
  std::unique_ptr<OwnerLock> take(std::string bootId) {
    Result<std::unique_ptr<OwnerLock>> lock = OwnerLock::take(*files_, "/state", std::move(bootId));
    EXPECT_TRUE(lock.ok()) << lock.error().message;
    return lock.ok() ? std::move(*lock) : nullptr;
  }
  void kill() { files_ = files_->afterKill(); }

  SimScheduler scheduler_{1};
  std::unique_ptr<SimFileSystem> files_ = std::make_unique<SimFileSystem>(scheduler_.clock());
};

TEST_F(OwnerLockTest, TheFirstOwnerKnowsOfNoEnd) { EXPECT_EQ(take("a")->lastEnd(), std::nullopt); }

TEST_F(OwnerLockTest, AnEndThatWasSaidIsClean) {
  EXPECT_TRUE(take("a")->note(Standing::working).ok());
  EXPECT_TRUE(take("a")->note(Standing::ended).ok());
  EXPECT_EQ(take("b")->lastEnd(), LastEnd::clean);
}

TEST_F(OwnerLockTest, InTheSameBootAnOwnerWasKilledInAnotherTheMachineWentDown) {
  EXPECT_TRUE(take("a")->note(Standing::working).ok());
  kill();
  EXPECT_EQ(take("a")->lastEnd(), LastEnd::killed);
  EXPECT_EQ(take("b")->lastEnd(), LastEnd::machineDown);
  EXPECT_EQ(take("b")->lastEnd(), LastEnd::machineDown) << "taking the lock forgot it";
}

TEST_F(OwnerLockTest, WhatIsInDoubtStaysSo) {
  EXPECT_TRUE(take("b")->note(Standing::inDoubt).ok());
  kill();
  EXPECT_EQ(take("b")->lastEnd(), LastEnd::machineDown);
}

TEST_F(OwnerLockTest, WhatWasNotedIsOnTheDisk) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_TRUE(take("a")->note(Standing::ended).ok());
    files_->settle();
    std::unique_ptr<OwnerLock> lock = take("a");
    EXPECT_TRUE(lock->note(Standing::working).ok());
    lock.reset();
    std::unique_ptr<SimFileSystem> after = files_->afterPowerLoss(seed);
    Result<std::unique_ptr<OwnerLock>> next = OwnerLock::take(*after, "/state", "b");
    ASSERT_TRUE(next.ok()) << seed;
    EXPECT_EQ((*next)->lastEnd(), LastEnd::machineDown) << seed;
  }
}

TEST_F(OwnerLockTest, AGarbledFileTellsNothing) {
  for (const char* text : {"", "\n", "12", "12\n", "no pid"}) {
    files_->write("/state/owner.lock", text);
    EXPECT_EQ(take("a")->lastEnd(), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace cloudsync
