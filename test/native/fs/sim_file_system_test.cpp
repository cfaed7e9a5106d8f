// What the simulated file system adds: faults, a user beside the engine, and a user's programs.
#include "fs/sim_file_system.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/sim_scheduler.h"

namespace cloudsync {
namespace {

RelPath path(std::string text) { return RelPath::trusted(std::move(text)); }

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class SimFileSystemTest : public testing::Test {
 protected:
  SimFileSystemTest() : SimFileSystemTest(SimOptions()) {}
  explicit SimFileSystemTest(SimOptions options) : disk_(clock_, options) {
    disk_.makeFolders("/r");
    root_ = disk_.openRoot("/r").value();
  }
  std::unique_ptr<File> open(const std::string& name, OpenMode mode) {
    return root_->open(path(name), mode).value();
  }

  SimClock clock_;
  SimFileSystem disk_;
  std::unique_ptr<Folder> root_;
};

TEST_F(SimFileSystemTest, failsTheChosenCallWithTheChosenErrorAndWithoutEffect) {
  disk_.write("/r/a", "1");
  std::vector<std::string> seen;
  disk_.setHook([&seen](const SimCall& call) -> std::optional<Error> {
    seen.push_back(std::string(call.operation) + " " + call.path);
    if (call.operation == "removeFile") return fromErrno(EIO, "as planned", call.path);
    return std::nullopt;
  });
  Status removed = root_->removeFile(path("a"));
  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().systemCode, EIO);
  EXPECT_TRUE(open("a", OpenMode::read)->stat().ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"removeFile /r/a", "open /r/a", "stat /r/a"}));
}

TEST_F(SimFileSystemTest, letsAUserActBetweenTwoCalls) {
  disk_.write("/r/a", "old");
  disk_.setHook([this](const SimCall& call) -> std::optional<Error> {
    if (call.operation == "exchange") disk_.write("/r/a", "edited");
    return std::nullopt;
  });
  disk_.write("/r/b", "new");
  ASSERT_TRUE(root_->exchange(path("a"), path("b")).ok());
  EXPECT_EQ(disk_.read("/r/b"), "edited");
}

TEST_F(SimFileSystemTest, changesNothingAfterACrash) {
  disk_.write("/r/a", "1");
  std::unique_ptr<File> file = open("a", OpenMode::readWrite);
  disk_.setHook([this](const SimCall& call) -> std::optional<Error> {
    if (call.operation == "writeAt") disk_.crash();
    return std::nullopt;
  });
  EXPECT_EQ(file->writeAt(0, bytesOf("2")).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(root_->removeFile(path("a")).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(disk_.openRoot("/r").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(disk_.read("/r/a"), "1");
  EXPECT_TRUE(disk_.crashed());
}

TEST_F(SimFileSystemTest, keepsEverythingThatWasWrittenAfterAKill) {
  std::unique_ptr<File> file = open("a", OpenMode::createNew);
  ASSERT_TRUE(file->writeAt(0, bytesOf("1")).ok());
  ASSERT_TRUE(file->tryLock().ok());
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("b")).ok());
  disk_.crash();
  std::unique_ptr<SimFileSystem> next = disk_.afterKill();
  EXPECT_EQ(next->list("/"), (std::vector<std::string>{"r/", "r/b"}));
  EXPECT_EQ(next->read("/r/b"), "1");
  EXPECT_EQ(next->stat("/r/b")->inode, disk_.stat("/r/b")->inode);
  std::unique_ptr<Folder> root = next->openRoot("/r").value();
  std::unique_ptr<File> again = root->open(path("b"), OpenMode::readWrite).value();
  EXPECT_TRUE(*again->tryLock());  // the kernel released it
}

TEST_F(SimFileSystemTest, aUsersWriteWaitsForTheLeaseAndHitsTheInodeItOpened) {
  disk_.write("/r/a", "old");
  std::unique_ptr<File> reader = open("a", OpenMode::read);
  ASSERT_EQ(*reader->takeReadLease(), LeaseState::held);
  EXPECT_EQ(disk_.write("/r/a", "late"), SimFileSystem::Written::waitsForLease);
  EXPECT_TRUE(*reader->leaseBroken());
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("b")).ok());
  EXPECT_EQ(disk_.read("/r/b"), "old");
  reader->releaseLease();
  EXPECT_EQ(disk_.read("/r/b"), "late");
  EXPECT_EQ(disk_.stat("/r/a"), std::nullopt);
}

TEST_F(SimFileSystemTest, aProgramThatHasTheFileOpenRefusesTheLease) {
  disk_.write("/r/a", "1");
  std::unique_ptr<SimFileSystem::Writer> writer = disk_.openForWriting("/r/a");
  std::unique_ptr<File> reader = open("a", OpenMode::read);
  EXPECT_EQ(*reader->takeReadLease(), LeaseState::openForWriting);
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("b")).ok());
  writer->write(0, "2");
  EXPECT_EQ(disk_.read("/r/b"), "2");
  writer = nullptr;
  EXPECT_EQ(*reader->takeReadLease(), LeaseState::held);
  EXPECT_EQ(disk_.openForWriting("/r/b"), nullptr);
  EXPECT_TRUE(*reader->leaseBroken());
}

TEST_F(SimFileSystemTest, givesTheNumberOfARemovedFileToTheNext) {
  disk_.write("/r/a", "1");
  std::uint64_t inode = disk_.stat("/r/a")->inode;
  std::unique_ptr<File> file = open("a", OpenMode::read);
  disk_.remove("/r/a");
  disk_.write("/r/b", "2");
  EXPECT_NE(disk_.stat("/r/b")->inode, inode);  // still open
  file = nullptr;
  disk_.write("/r/c", "3");
  EXPECT_EQ(disk_.stat("/r/c")->inode, inode);
}

TEST_F(SimFileSystemTest, movesChangeTimeWithEveryChangeAndModifyTimeWithContent) {
  disk_.write("/r/a", "1");
  FileStat before = *disk_.stat("/r/a");
  clock_.advance(Duration(10));
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("b")).ok());
  FileStat moved = *disk_.stat("/r/b");
  EXPECT_EQ(moved.changeTime, before.changeTime + 10);
  EXPECT_EQ(moved.modifyTime, before.modifyTime);
  clock_.advance(Duration(10));
  ASSERT_TRUE(open("b", OpenMode::readWrite)->setTimes(5, 6).ok());
  FileStat touched = *disk_.stat("/r/b");
  EXPECT_EQ(touched.changeTime, before.changeTime + 20);
  EXPECT_EQ(touched.modifyTime, 6);
  EXPECT_EQ(touched.birthTime, before.birthTime);
}

class SmallDisk : public SimFileSystemTest {
 protected:
  SmallDisk() : SimFileSystemTest(SimOptions{.capacity = 10, .leases = false, .exchange = false}) {}
};

TEST_F(SmallDisk, isFullAfterItsCapacity) {
  std::unique_ptr<File> file = open("a", OpenMode::createNew);
  ASSERT_TRUE(file->writeAt(0, bytesOf("123456")).ok());
  std::unique_ptr<File> other = open("b", OpenMode::createNew);
  EXPECT_EQ(other->writeAt(0, bytesOf("12345")).error().kind, ErrorKind::noSpace);
  EXPECT_EQ(other->stat()->size, 0U);
  EXPECT_EQ(other->allocate(5).error().kind, ErrorKind::noSpace);
  ASSERT_TRUE(other->allocate(4).ok());
  EXPECT_EQ(root_->space()->available, 0U);
  ASSERT_TRUE(root_->removeFile(path("a")).ok());
  EXPECT_EQ(root_->space()->available, 0U);  // still open
  file = nullptr;
  EXPECT_EQ(root_->space()->available, 6U);
}

TEST_F(SmallDisk, canDoWithoutLeasesAndExchange) {
  disk_.write("/r/a", "1");
  disk_.write("/r/b", "2");
  EXPECT_EQ(*open("a", OpenMode::read)->takeReadLease(), LeaseState::unsupported);
  EXPECT_EQ(root_->exchange(path("a"), path("b")).error().kind, ErrorKind::notSupported);
}

}  // namespace
}  // namespace cloudsync
