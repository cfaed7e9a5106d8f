// Losing power on the simulated disk: what was synced is there, anything else may not be.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "base/sim_scheduler.h"
#include "fs/sim_file_system.h"

namespace cloudsync {
namespace {

constexpr std::uint64_t kManyCuts = 200;

RelPath path(std::string text) { return RelPath::trusted(std::move(text)); }

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class PowerLoss : public testing::Test {
 protected:
  PowerLoss() : disk_(clock_) {
    disk_.makeFolders("/r");
    root_ = disk_.openRoot("/r").value();
    disk_.settle();
  }
  std::unique_ptr<File> write(const std::string& name, std::string_view text) {
    std::unique_ptr<File> file = root_->open(path(name), OpenMode::openOrCreate).value();
    EXPECT_TRUE(file->truncate(0).ok());
    EXPECT_TRUE(file->writeAt(0, bytesOf(text)).ok());
    return file;
  }
  // What `name` holds after each of many cuts; "-" where it is gone.
  std::set<std::string> outcomes(const std::string& name) {
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < kManyCuts; ++seed) {
      found.insert(disk_.afterPowerLoss(seed)->read(name).value_or("-"));
    }
    return found;
  }

  SimClock clock_;
  SimFileSystem disk_;
  std::unique_ptr<Folder> root_;
};

TEST_F(PowerLoss, keepsWhatWasSyncedWithItsFolder) {
  ASSERT_TRUE(write("a", "12345678")->sync().ok());
  ASSERT_TRUE(root_->syncFolder(RelPath()).ok());
  EXPECT_EQ(outcomes("/r/a"), std::set<std::string>{"12345678"});
}

TEST_F(PowerLoss, mayLoseAFileWhoseFolderWasNotSynced) {
  ASSERT_TRUE(write("a", "12345678")->sync().ok());
  EXPECT_EQ(outcomes("/r/a"), (std::set<std::string>{"12345678", "-"}));
}

TEST_F(PowerLoss, mayEmptyZeroOrTearAFileThatWasNotSynced) {
  write("a", "12345678");
  ASSERT_TRUE(root_->syncFolder(RelPath()).ok());
  std::set<std::string> found = outcomes("/r/a");
  EXPECT_TRUE(found.contains(""));
  EXPECT_TRUE(found.contains("12345678"));
  EXPECT_TRUE(found.contains(std::string(8, '\0')));
  EXPECT_TRUE(found.contains(std::string("1234\0\0\0\0", 8)));
  EXPECT_FALSE(found.contains("-"));
}

TEST_F(PowerLoss, mayMixOldAndNewBytesOfAnOverwrittenFile) {
  disk_.write("/r/a", "oldoldol");
  disk_.settle();
  std::unique_ptr<File> file = root_->open(path("a"), OpenMode::readWrite).value();
  ASSERT_TRUE(file->writeAt(0, bytesOf("newnewne")).ok());
  std::set<std::string> found = outcomes("/r/a");
  EXPECT_TRUE(found.contains("oldoldol"));
  EXPECT_TRUE(found.contains("newnewne"));
  EXPECT_GT(found.size(), 2U);
  for (const std::string& bytes : found) {
    ASSERT_EQ(bytes.size(), 8U);  // nobody cut it
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_TRUE(bytes[i] == "oldoldol"[i] || bytes[i] == "newnewne"[i]) << bytes;
    }
  }
}

TEST_F(PowerLoss, doesARenameAsAWholeOrNotAtAll) {
  disk_.makeFolders("/r/d");
  disk_.write("/r/a", "1");
  disk_.settle();
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("d/b")).ok());
  ASSERT_TRUE(root_->syncFolder(RelPath()).ok());
  std::set<std::vector<std::string>> found;
  for (std::uint64_t seed = 0; seed < kManyCuts; ++seed) {
    found.insert(disk_.afterPowerLoss(seed)->list("/r"));
  }
  // One of the two folders is not enough.
  EXPECT_EQ(found, (std::set<std::vector<std::string>>{{"a", "d/"}, {"d/", "d/b"}}));
  ASSERT_TRUE(root_->syncFolder(path("d")).ok());
  EXPECT_EQ(outcomes("/r/d/b"), std::set<std::string>{"1"});
}

TEST_F(PowerLoss, givesUpTheOrderOfUnrelatedChanges) {
  disk_.write("/r/a", "1");
  disk_.write("/r/b", "2");
  disk_.settle();
  disk_.remove("/r/a");
  disk_.remove("/r/b");
  std::set<std::vector<std::string>> found;
  for (std::uint64_t seed = 0; seed < kManyCuts; ++seed) {
    found.insert(disk_.afterPowerLoss(seed)->list("/r"));
  }
  EXPECT_EQ(found.size(), 4U);
}

TEST_F(PowerLoss, bringsBackARemovedFileWithItsOwnNumber) {
  disk_.write("/r/a", "1");
  disk_.settle();
  std::uint64_t inode = disk_.stat("/r/a")->inode;
  disk_.remove("/r/a");
  disk_.write("/r/b", "2");
  ASSERT_EQ(disk_.stat("/r/b")->inode, inode);  // reused
  for (std::uint64_t seed = 0; seed < kManyCuts; ++seed) {
    std::unique_ptr<SimFileSystem> after = disk_.afterPowerLoss(seed);
    std::optional<FileStat> a = after->stat("/r/a");
    std::optional<FileStat> b = after->stat("/r/b");
    if (!a) continue;
    if (b) {
      EXPECT_NE(a->inode, b->inode);
    } else {
      EXPECT_EQ(a->inode, inode);
    }
  }
}

TEST_F(PowerLoss, isTheSameForTheSameSeed) {
  write("a", "12345678");
  write("b", "abcdefgh");
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::unique_ptr<SimFileSystem> one = disk_.afterPowerLoss(seed);
    std::unique_ptr<SimFileSystem> two = disk_.afterPowerLoss(seed);
    EXPECT_EQ(one->list("/"), two->list("/"));
    EXPECT_EQ(one->read("/r/a"), two->read("/r/a"));
    EXPECT_EQ(one->read("/r/b"), two->read("/r/b"));
  }
}

TEST_F(PowerLoss, leavesADiskThatWorksOn) {
  write("a", "1");
  std::unique_ptr<SimFileSystem> after = disk_.afterPowerLoss(1);
  after->write("/r/new", "2");
  EXPECT_EQ(after->afterKill()->read("/r/new"), "2");
}

// Random work, then a cut: whatever was on the platter once and was not touched since is there
// under its name, and content that was moved around only never changes or disappears.
RC_GTEST_PROP(PowerLossProperty, neverLosesSyncedContentThatWasOnlyMoved, ()) {
  SimClock clock;
  SimFileSystem disk(clock);
  const std::vector<std::string> names = {"/r/a", "/r/b", "/r/d/a", "/r/d/b", "/r/e/a"};
  std::set<std::string> contents;
  disk.makeFolders("/r/d");
  disk.makeFolders("/r/e");
  for (std::size_t i = 0; i < 3; ++i) {
    std::string text = "content " + std::to_string(i);
    disk.write(names[i], text);
    contents.insert(text);
  }
  disk.settle();
  std::unique_ptr<Folder> root = disk.openRoot("/r").value();
  auto steps = *rc::gen::container<std::vector<std::vector<std::size_t>>>(
      rc::gen::container<std::vector<std::size_t>>(3, rc::gen::inRange<std::size_t>(0, 5)));
  const std::vector<std::string> relative = {"a", "b", "d/a", "d/b", "e/a"};
  for (const std::vector<std::size_t>& step : steps) {
    RelPath from = path(relative[step[1]]);
    RelPath to = path(relative[step[2]]);
    switch (step[0]) {
      case 0:
        (void)root->moveNoReplace(from, to);
        break;
      case 1:
        (void)root->exchange(from, to);
        break;
      case 2:
        (void)root->moveNoReplace(path("d"), path("e/d"));
        break;
      case 3:
        (void)root->moveNoReplace(path("e/d"), path("d"));
        break;
      default:
        (void)root->syncFolder(from.parent());
        break;
    }
  }
  std::unique_ptr<SimFileSystem> after = disk.afterPowerLoss(*rc::gen::arbitrary<std::uint64_t>());
  std::set<std::string> found;
  for (const std::string& name : after->list("/")) {
    if (name.ends_with('/')) continue;
    RC_ASSERT(found.insert(after->read(name).value()).second);
  }
  RC_ASSERT(found == contents);
}

}  // namespace
}  // namespace cloudsync
