// What only the kernel can show.
#include "fs/posix_file_system.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <span>
#include <thread>
#include <vector>

#include "base/buffer_pool.h"
#include "temp_directory.h"

namespace cloudsync {
namespace {

RelPath path(std::string text) { return RelPath::trusted(std::move(text)); }

class PosixFileSystemTest : public testing::Test {
 protected:
  PosixFileSystemTest() : root_(PosixFileSystem().openRoot(temp_.path()).value()) {}

  std::unique_ptr<File> openForReading(const std::string& name) {
    return root_->open(path(name), OpenMode::read).value();
  }

  TempDirectory temp_;
  std::unique_ptr<Folder> root_;
};

TEST_F(PosixFileSystemTest, aWritableMappingRefusesTheLeaseEvenAfterItsDescriptorIsClosed) {
  temp_.write("a", "12345678");
  int fd = ::open(temp_.at("a").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  void* mapping = ::mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ASSERT_NE(mapping, MAP_FAILED);
  ::close(fd);
  std::unique_ptr<File> reader = openForReading("a");
  EXPECT_EQ(*reader->takeReadLease(), LeaseState::openForWriting);
  ::munmap(mapping, 8);
  EXPECT_EQ(*reader->takeReadLease(), LeaseState::held);
}

TEST_F(PosixFileSystemTest, aWriterThatWaitsForTheLeaseGoesOnWhenItIsReleasedAndNobodyDies) {
  temp_.write("a", "1");
  std::unique_ptr<File> reader = openForReading("a");
  ASSERT_EQ(*reader->takeReadLease(), LeaseState::held);
  int writer = -1;
  std::thread other([&] { writer = ::open(temp_.at("a").c_str(), O_WRONLY | O_CLOEXEC); });
  while (!*reader->leaseBroken()) std::this_thread::yield();
  reader->releaseLease();
  other.join();
  EXPECT_GE(writer, 0);
  ::close(writer);
}

TEST_F(PosixFileSystemTest, truncatingTheFileBreaksTheLease) {
  temp_.write("a", "1");
  std::unique_ptr<File> reader = openForReading("a");
  ASSERT_EQ(*reader->takeReadLease(), LeaseState::held);
  std::thread other([&] { EXPECT_EQ(::truncate(temp_.at("a").c_str(), 0), 0); });
  while (!*reader->leaseBroken()) std::this_thread::yield();
  reader->releaseLease();
  other.join();
}

TEST_F(PosixFileSystemTest, descriptorsAreNotInheritedByChildPrograms) {
  temp_.write("a", "1");
  temp_.makeFolders("d");
  std::unique_ptr<File> file = openForReading("a");
  Result<std::unique_ptr<Folder>> folder = root_->openFolder(path("d"));
  std::size_t ours = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    std::string target = std::filesystem::read_symlink(entry.path(), gone);
    if (!target.starts_with(temp_.path())) continue;
    ++ours;
    int flags = ::fcntl(std::stoi(entry.path().filename().string()), F_GETFD);
    EXPECT_TRUE((flags & FD_CLOEXEC) != 0) << target;
  }
  EXPECT_EQ(ours, 3U);
}

TEST_F(PosixFileSystemTest, aSocketOrADeviceIsNoFile) {
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  temp_.at("s").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(root_->open(path("s"), OpenMode::read).error().kind, ErrorKind::notSupported);
  ::close(fd);
  std::unique_ptr<Folder> dev = PosixFileSystem().openRoot("/dev").value();
  EXPECT_EQ(dev->open(path("null"), OpenMode::read).error().kind, ErrorKind::notSupported);
}

TEST_F(PosixFileSystemTest, aLinkOnTheWayToTheRootIsTheUsersChoice) {
  temp_.write("d/a", "1");
  std::filesystem::create_directory_symlink(temp_.at("d"), temp_.at("l"));
  std::unique_ptr<Folder> root = PosixFileSystem().openRoot(temp_.at("l")).value();
  EXPECT_TRUE(root->stat(path("a")).ok());
}

TEST_F(PosixFileSystemTest, aFolderThatIsSwappedForALinkOutsideLeadsNowhere) {
  TempDirectory outside;
  outside.write("a", "secret");
  temp_.write("d/a", "mine");
  std::filesystem::rename(temp_.at("d"), temp_.at("was"));
  std::filesystem::create_directory_symlink(outside.path(), temp_.at("d"));
  for (Resolution resolution : {Resolution::kernel, Resolution::componentWise}) {
    std::unique_ptr<Folder> root = PosixFileSystem(resolution).openRoot(temp_.path()).value();
    EXPECT_EQ(root->open(path("d/a"), OpenMode::read).error().kind, ErrorKind::notDirectory);
    EXPECT_EQ(root->removeFile(path("d/a")).error().kind, ErrorKind::notDirectory);
  }
  EXPECT_TRUE(std::filesystem::exists(outside.at("a")));
}

// S058. Somebody swaps the folder for a link all the time, while names below it are made, written,
// moved and removed.
TEST_F(PosixFileSystemTest, aRaceOfAFolderAgainstALinkLeadsNowhere) {
  constexpr int kTurns = 100'000;
  TempDirectory outside;
  outside.write("victim", "untouched");
  temp_.makeFolders("folder");
  std::filesystem::create_directory_symlink(outside.path(), temp_.at("link"));
  const std::string folder = temp_.at("folder");
  const std::string link = temp_.at("link");
  std::atomic<bool> over{false};
  std::thread swapping([&] {
    while (!over.load()) {
      (void)::renameat2(AT_FDCWD, folder.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE);
    }
  });
  int inside = 0;
  for (int turn = 0; turn < kTurns; ++turn) {
    switch (turn % 5) {
      case 0:
        inside += root_->open(path("folder/new"), OpenMode::createNew).ok() ? 1 : 0;
        break;
      case 1:
        (void)root_->open(path("folder/victim"), OpenMode::readWrite);
        break;
      case 2:
        (void)root_->moveNoReplace(path("folder/new"), path("folder/moved"));
        break;
      case 3:
        (void)root_->makeFolder(path("folder/made"));
        (void)root_->removeFile(path("folder/victim"));
        break;
      case 4:
        (void)root_->removeFile(path("folder/moved"));
        (void)root_->removeFolder(path("folder/made"));
        break;
    }
  }
  over.store(true);
  swapping.join();
  EXPECT_GT(inside, 0);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(outside.path())) {
    names.push_back(entry.path().filename());
  }
  EXPECT_EQ(names, std::vector<std::string>{"victim"});
  EXPECT_EQ(std::filesystem::file_size(outside.at("victim")), 9U);
}

TEST_F(PosixFileSystemTest, thisKernelResolvesPathsItself) {
  // Where it does not, the other half of the contract test is what runs in production.
  EXPECT_EQ(bestResolution(), Resolution::kernel);
}

TEST_F(PosixFileSystemTest, knowsWhenAFileWasBorn) {
  temp_.write("a", "1");
  EXPECT_GT(root_->stat(path("a"))->birthTime, 0);
}

// Aligned blocks go to the disk, the rest through the cache, in any order; a reader sees one file.
TEST_F(PosixFileSystemTest, writesPastTheCacheAndThroughItIntoOneFile) {
  constexpr std::size_t kBlock = 64 * 1024;
  constexpr std::size_t kSize = 16 * kBlock + 1234;
  std::vector<std::uint8_t> content(kSize);
  for (std::size_t i = 0; i < kSize; ++i) content[i] = static_cast<std::uint8_t>(i * 31 + i / 999);
  std::unique_ptr<File> file = root_->open(path("large"), OpenMode::createNew).value();
  ASSERT_TRUE(file->truncate(kSize));
  file->bypassCache();
  BufferPool pool(Buffer::kBytes);
  Buffer aligned = pool.take();
  for (std::size_t at = 17 * kBlock; at >= kBlock; at -= kBlock) {
    std::size_t begin = at - kBlock;
    std::size_t size = std::min(kBlock, kSize - begin);
    bool odd = size == kBlock && (begin / kBlock) % 3 == 1;
    if (odd) {
      // As a slow line brings it: two pieces that meet within a block.
      std::span<const std::uint8_t> bytes = std::span(content).subspan(begin, size);
      ASSERT_TRUE(file->writeAt(begin + 5000, bytes.subspan(5000)));
      ASSERT_TRUE(file->writeAt(begin, bytes.first(5000)));
    } else {
      std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(begin), size, aligned.data());
      ASSERT_TRUE(file->writeAt(begin, {aligned.data(), size}));
    }
  }
  ASSERT_TRUE(file->sync());
  std::vector<std::uint8_t> found(kSize + 1);
  EXPECT_EQ(*file->readAt(0, found), kSize);
  found.resize(kSize);
  EXPECT_EQ(found, content);
}

TEST_F(PosixFileSystemTest, listsAFolderByManyThreadsAtOnce) {
  for (int i = 0; i < 2000; ++i) temp_.write("name" + std::to_string(i), "");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] { EXPECT_EQ(root_->listNames()->names().size(), 2000U); });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace cloudsync
