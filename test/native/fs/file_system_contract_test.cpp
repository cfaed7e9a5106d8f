// What every FileSystem does: the real one with both ways of resolving a path, and the simulated.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "world.h"

namespace cloudsync {
namespace {

RelPath path(std::string text) { return RelPath::trusted(std::move(text)); }

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class FileSystemContract : public testing::TestWithParam<WorldMaker> {
 protected:
  FileSystemContract() : world_(GetParam().make()), root_(world_->open()) {}

  std::unique_ptr<File> openFile(const std::string& name, OpenMode mode) {
    Result<std::unique_ptr<File>> file = root_->open(path(name), mode);
    if (!file) {
      ADD_FAILURE() << name << ": " << file.error().message;
      return nullptr;
    }
    return std::move(*file);
  }
  void write(const std::string& name, std::string_view text) {
    std::unique_ptr<File> file = openFile(name, OpenMode::openOrCreate);
    ASSERT_NE(file, nullptr);
    ASSERT_TRUE(file->truncate(0).ok());
    ASSERT_TRUE(file->writeAt(0, bytesOf(text)).ok());
  }
  std::string read(const std::string& name) {
    std::unique_ptr<File> file = openFile(name, OpenMode::read);
    return file ? read(*file) : "";
  }
  static std::string read(File& file) {
    std::vector<std::uint8_t> buffer(1 << 16);
    Result<std::size_t> size = file.readAt(0, buffer);
    if (!size) return "?" + size.error().message;
    return std::string(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*size));
  }
  ErrorKind openError(const std::string& name, OpenMode mode) {
    Result<std::unique_ptr<File>> file = root_->open(path(name), mode);
    EXPECT_FALSE(file.ok()) << name;
    return file ? ErrorKind::internal : file.error().kind;
  }
  bool exists(const std::string& name) { return root_->stat(path(name)).ok(); }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    Result<std::vector<DirectoryEntry>> entries = root_->list();
    EXPECT_TRUE(entries.ok());
    for (const DirectoryEntry& entry : *entries) found.push_back(entry.name);
    std::sort(found.begin(), found.end());
    return found;
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<Folder> root_;
};

template <class T>
ErrorKind kindOf(const Result<T>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorKind::internal : result.error().kind;
}

TEST_P(FileSystemContract, readsBackWhatWasWrittenAtAnyOffset) {
  std::unique_ptr<File> file = openFile("a", OpenMode::createNew);
  ASSERT_TRUE(file->writeAt(0, bytesOf("hello")).ok());
  ASSERT_TRUE(file->writeAt(7, bytesOf("world")).ok());
  EXPECT_EQ(read("a"), std::string("hello\0\0world", 12));
  std::vector<std::uint8_t> some(3);
  EXPECT_EQ(*file->readAt(10, some), 2U);
  EXPECT_EQ(*file->readAt(12, some), 0U);
}

TEST_P(FileSystemContract, createNewRefusesATakenName) {
  write("a", "1");
  EXPECT_EQ(openError("a", OpenMode::createNew), ErrorKind::exists);
}

TEST_P(FileSystemContract, openOrCreateMakesAFileOrOpensTheOneThatIsThere) {
  openFile("a", OpenMode::openOrCreate);
  write("b", "kept");
  std::unique_ptr<File> file = openFile("b", OpenMode::openOrCreate);
  EXPECT_EQ(read(*file), "kept");
  EXPECT_TRUE(exists("a"));
}

TEST_P(FileSystemContract, readAndReadWriteNeedAFileThatIsThere) {
  EXPECT_EQ(openError("a", OpenMode::read), ErrorKind::notFound);
  EXPECT_EQ(openError("a", OpenMode::readWrite), ErrorKind::notFound);
  EXPECT_EQ(openError("no/a", OpenMode::createNew), ErrorKind::notFound);
}

TEST_P(FileSystemContract, aFileOpenedForReadingCannotBeWritten) {
  write("a", "1");
  std::unique_ptr<File> file = openFile("a", OpenMode::read);
  EXPECT_FALSE(file->writeAt(0, bytesOf("x")).ok());
  EXPECT_EQ(read("a"), "1");
}

TEST_P(FileSystemContract, tellsWhatStandsWhereAFileWasExpected) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  world_->makeLink("l", "a");
  world_->makeFifo("p");
  write("a", "1");
  for (OpenMode mode : {OpenMode::read, OpenMode::readWrite, OpenMode::openOrCreate}) {
    EXPECT_EQ(openError("d", mode), ErrorKind::isDirectory);
    EXPECT_EQ(openError("l", mode), ErrorKind::notSupported);
    EXPECT_EQ(openError("p", mode), ErrorKind::notSupported);
    EXPECT_EQ(openError("a/x", mode), ErrorKind::notDirectory);
  }
  EXPECT_EQ(openError("", OpenMode::read), ErrorKind::isDirectory);
}

TEST_P(FileSystemContract, neverFollowsALinkInTheMiddleOfAPath) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  write("d/a", "1");
  world_->makeLink("l", "d");
  EXPECT_EQ(openError("l/a", OpenMode::read), ErrorKind::notDirectory);
  EXPECT_EQ(openError("l/new", OpenMode::createNew), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(root_->stat(path("l/a"))), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(root_->openFolder(path("l"))), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(root_->makeFolder(path("l/x"))), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(root_->removeFile(path("l/a"))), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(root_->moveNoReplace(path("d/a"), path("l/b"))), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(root_->moveNoReplace(path("l/a"), path("b"))), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(root_->syncFolder(path("l"))), ErrorKind::notDirectory);
  EXPECT_EQ(read("d/a"), "1");
}

TEST_P(FileSystemContract, treatsALinkAtTheEndAsAnEntryOfItsOwn) {
  write("a", "1");
  world_->makeLink("l", "a");
  EXPECT_EQ(root_->stat(path("l"))->type, FileType::symlink);
  EXPECT_EQ(*root_->readLink(path("l")), "a");
  EXPECT_EQ(kindOf(root_->readLink(path("a"))), ErrorKind::invalidArgument);
  ASSERT_TRUE(root_->moveNoReplace(path("l"), path("m")).ok());
  ASSERT_TRUE(root_->removeFile(path("m")).ok());
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_P(FileSystemContract, refusesPathsThatLeadOutside) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  for (const char* bad : {"..", "../x", "d/..", "d/../x", "/etc/passwd", "d//x", "./x", "d/"}) {
    EXPECT_EQ(kindOf(root_->stat(path(bad))), ErrorKind::invalidName) << bad;
    EXPECT_EQ(openError(bad, OpenMode::openOrCreate), ErrorKind::invalidName) << bad;
    EXPECT_EQ(kindOf(root_->openFolder(path(bad))), ErrorKind::invalidName) << bad;
    EXPECT_EQ(kindOf(root_->makeFolder(path(bad))), ErrorKind::invalidName) << bad;
    EXPECT_EQ(kindOf(root_->removeFile(path(bad))), ErrorKind::invalidName) << bad;
    EXPECT_EQ(kindOf(root_->removeFolder(path(bad))), ErrorKind::invalidName) << bad;
    EXPECT_EQ(kindOf(root_->moveReplacing(path("d"), path(bad))), ErrorKind::invalidName) << bad;
    EXPECT_EQ(kindOf(root_->syncFolder(path(bad))), ErrorKind::invalidName) << bad;
  }
  EXPECT_EQ(kindOf(root_->stat(path(std::string("d\0x", 3)))), ErrorKind::invalidName);
}

TEST_P(FileSystemContract, tellsTypeSizeAndIdentity) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  write("a", "12345");
  Result<FileStat> file = root_->stat(path("a"));
  Result<FileStat> folder = root_->stat(path("d"));
  ASSERT_TRUE(file.ok() && folder.ok());
  EXPECT_EQ(file->type, FileType::file);
  EXPECT_EQ(file->size, 5U);
  EXPECT_EQ(file->links, 1U);
  EXPECT_EQ(folder->type, FileType::directory);
  EXPECT_NE(file->inode, folder->inode);
  EXPECT_EQ(file->device, folder->device);
  EXPECT_EQ(openFile("a", OpenMode::read)->stat()->inode, file->inode);
  EXPECT_EQ(root_->stat(RelPath())->inode, root_->stat()->inode);
  EXPECT_EQ(kindOf(root_->stat(path("b"))), ErrorKind::notFound);
  EXPECT_EQ(kindOf(root_->stat(path("a/b"))), ErrorKind::notDirectory);
}

TEST_P(FileSystemContract, listsNamesTypesAndStats) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  write("a", "1");
  world_->makeLink("l", "a");
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "d", "l"}));
  Result<NameList> list = root_->listNames();
  ASSERT_TRUE(list.ok());
  ASSERT_TRUE(root_->removeFile(path("a")).ok());
  Result<std::vector<NameStat>> stats = root_->statNames(list->names());
  ASSERT_TRUE(stats.ok());
  ASSERT_EQ(stats->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const ListedName& name = list->names()[i];
    NameStat found = (*stats)[i];
    if (name.view() == "a") {
      EXPECT_EQ(name.type, FileType::file);
      EXPECT_EQ(found.presence, NameStat::Presence::vanished);
    } else {
      EXPECT_EQ(found.presence, NameStat::Presence::there);
      EXPECT_EQ(found.stat, *root_->stat(path(std::string(name.view()))));
      EXPECT_EQ(found.stat.type, name.type);
    }
  }
}

TEST_P(FileSystemContract, makesAndRemovesFolders) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  EXPECT_EQ(kindOf(root_->makeFolder(path("d"))), ErrorKind::exists);
  EXPECT_EQ(kindOf(root_->makeFolder(path("x/y"))), ErrorKind::notFound);
  write("d/a", "1");
  EXPECT_EQ(kindOf(root_->removeFolder(path("d"))), ErrorKind::notEmpty);
  EXPECT_EQ(kindOf(root_->removeFile(path("d"))), ErrorKind::isDirectory);
  EXPECT_EQ(kindOf(root_->removeFolder(path("d/a"))), ErrorKind::notDirectory);
  ASSERT_TRUE(root_->removeFile(path("d/a")).ok());
  ASSERT_TRUE(root_->removeFolder(path("d")).ok());
  EXPECT_EQ(kindOf(root_->removeFolder(path("d"))), ErrorKind::notFound);
  EXPECT_EQ(kindOf(root_->removeFile(path("d"))), ErrorKind::notFound);
}

TEST_P(FileSystemContract, worksBelowAFolderThatWasMoved) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  std::unique_ptr<Folder> folder = root_->openFolder(path("d")).value();
  ASSERT_TRUE(root_->moveNoReplace(path("d"), path("e")).ok());
  ASSERT_TRUE(folder->makeFolder(path("sub")).ok());
  EXPECT_TRUE(exists("e/sub"));
}

TEST_P(FileSystemContract, moveNoReplaceKeepsTheInodeAndRefusesATakenName) {
  write("a", "1");
  write("b", "2");
  std::uint64_t inode = root_->stat(path("a"))->inode;
  EXPECT_EQ(kindOf(root_->moveNoReplace(path("a"), path("b"))), ErrorKind::exists);
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("c")).ok());
  EXPECT_EQ(root_->stat(path("c"))->inode, inode);
  EXPECT_FALSE(exists("a"));
  EXPECT_EQ(read("b"), "2");
  EXPECT_EQ(kindOf(root_->moveNoReplace(path("a"), path("d"))), ErrorKind::notFound);
}

TEST_P(FileSystemContract, moveReplacingPutsAFileInTheOthersPlace) {
  write("a", "1");
  write("b", "2");
  std::unique_ptr<File> old = openFile("b", OpenMode::read);
  ASSERT_TRUE(root_->moveReplacing(path("a"), path("b")).ok());
  EXPECT_EQ(read("b"), "1");
  EXPECT_EQ(read(*old), "2");  // who has it open keeps it
  EXPECT_EQ(old->stat()->links, 0U);
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  EXPECT_EQ(kindOf(root_->moveReplacing(path("b"), path("d"))), ErrorKind::isDirectory);
}

TEST_P(FileSystemContract, exchangeSwapsTwoNamesOfAnyType) {
  write("a", "1");
  write("b", "2");
  ASSERT_TRUE(root_->exchange(path("a"), path("b")).ok());
  EXPECT_EQ(read("a"), "2");
  EXPECT_EQ(read("b"), "1");
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  write("d/x", "3");
  ASSERT_TRUE(root_->exchange(path("a"), path("d")).ok());
  EXPECT_EQ(read("a/x"), "3");
  EXPECT_EQ(read("d"), "2");
  EXPECT_EQ(kindOf(root_->exchange(path("b"), path("gone"))), ErrorKind::notFound);
}

TEST_P(FileSystemContract, aFolderCannotMoveIntoItself) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  EXPECT_FALSE(root_->moveNoReplace(path("d"), path("d/e")).ok());
  EXPECT_TRUE(exists("d"));
}

TEST_P(FileSystemContract, anUnlinkedFileLivesAsLongAsItIsOpen) {
  write("a", "1");
  std::unique_ptr<File> file = openFile("a", OpenMode::readWrite);
  ASSERT_TRUE(root_->removeFile(path("a")).ok());
  ASSERT_TRUE(file->writeAt(1, bytesOf("2")).ok());
  EXPECT_EQ(read(*file), "12");
  EXPECT_EQ(file->stat()->links, 0U);
}

TEST_P(FileSystemContract, truncateCutsAndGrows) {
  write("a", "12345");
  std::unique_ptr<File> file = openFile("a", OpenMode::readWrite);
  ASSERT_TRUE(file->truncate(2).ok());
  ASSERT_TRUE(file->truncate(4).ok());
  EXPECT_EQ(read("a"), std::string("12\0\0", 4));
}

TEST_P(FileSystemContract, allocateReservesWithoutChangingTheSize) {
  std::unique_ptr<File> file = openFile("a", OpenMode::createNew);
  ASSERT_TRUE(file->allocate(100000).ok());
  ASSERT_TRUE(file->allocate(0).ok());
  EXPECT_EQ(file->stat()->size, 0U);
}

TEST_P(FileSystemContract, keepsTimesToTheNanosecondBeforeAndAfter1970) {
  write("a", "1");
  std::unique_ptr<File> file = openFile("a", OpenMode::readWrite);
  for (Nanoseconds time : {Nanoseconds{1'500'000'000'123'456'789}, Nanoseconds{-1},
                           Nanoseconds{-86'400'000'000'000}, Nanoseconds{0}}) {
    ASSERT_TRUE(file->setTimes(time + 2, time).ok());
    EXPECT_EQ(root_->stat(path("a"))->modifyTime, time);
    EXPECT_EQ(root_->stat(path("a"))->accessTime, time + 2);
  }
}

TEST_P(FileSystemContract, keepsPermissions) {
  write("a", "1");
  ASSERT_TRUE(openFile("a", OpenMode::readWrite)->setPermissions(0640).ok());
  EXPECT_EQ(root_->stat(path("a"))->permissions, 0640U);
}

TEST_P(FileSystemContract, syncsFilesAndFolders) {
  ASSERT_TRUE(root_->makeFolder(path("d")).ok());
  std::unique_ptr<File> file = openFile("d/a", OpenMode::createNew);
  ASSERT_TRUE(file->writeAt(0, bytesOf("1")).ok());
  file->startWriteback({0, 1});
  EXPECT_TRUE(file->sync().ok());
  EXPECT_TRUE(root_->syncFolder(path("d")).ok());
  EXPECT_TRUE(root_->syncFolder(RelPath()).ok());
  EXPECT_EQ(kindOf(root_->syncFolder(path("d/a"))), ErrorKind::notDirectory);
}

TEST_P(FileSystemContract, aLeaseIsRefusedWhileSomebodyHasTheFileOpenForWriting) {
  write("a", "1");
  std::unique_ptr<File> reader = openFile("a", OpenMode::read);
  std::unique_ptr<File> writer = openFile("a", OpenMode::readWrite);
  EXPECT_EQ(*reader->takeReadLease(), LeaseState::openForWriting);
  writer = nullptr;
  EXPECT_EQ(*reader->takeReadLease(), LeaseState::held);
  EXPECT_FALSE(*reader->leaseBroken());
}

TEST_P(FileSystemContract, aWriterBreaksALeaseAndAReaderDoesNot) {
  write("a", "1");
  std::unique_ptr<File> reader = openFile("a", OpenMode::read);
  ASSERT_EQ(*reader->takeReadLease(), LeaseState::held);
  EXPECT_EQ(read("a"), "1");
  EXPECT_FALSE(*reader->leaseBroken());
  // Never waits for the lease to be answered.
  EXPECT_EQ(openError("a", OpenMode::readWrite), ErrorKind::busy);
  EXPECT_TRUE(*reader->leaseBroken());
  reader->releaseLease();
  EXPECT_NE(openFile("a", OpenMode::readWrite), nullptr);
}

TEST_P(FileSystemContract, aLeaseOutlastsARename) {
  write("a", "1");
  std::unique_ptr<File> reader = openFile("a", OpenMode::read);
  ASSERT_EQ(*reader->takeReadLease(), LeaseState::held);
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("b")).ok());
  EXPECT_FALSE(*reader->leaseBroken());
  EXPECT_EQ(openError("b", OpenMode::readWrite), ErrorKind::busy);
  EXPECT_TRUE(*reader->leaseBroken());
}

TEST_P(FileSystemContract, aLockHasOneHolderEvenWithinOneProcess) {
  std::unique_ptr<File> first = openFile("lock", OpenMode::openOrCreate);
  std::unique_ptr<File> second = openFile("lock", OpenMode::openOrCreate);
  EXPECT_TRUE(*first->tryLock());
  EXPECT_TRUE(*first->tryLock());  // again by its holder
  EXPECT_FALSE(*second->tryLock());
  first->unlock();
  EXPECT_TRUE(*second->tryLock());
  second = nullptr;
  EXPECT_TRUE(*first->tryLock());
}

TEST_P(FileSystemContract, keepsAttributesOnTheFile) {
  write("a", "1");
  std::unique_ptr<File> file = openFile("a", OpenMode::readWrite);
  EXPECT_EQ(*file->attribute("cloudsync.sha256"), std::nullopt);
  std::string binary("\0\xff", 2);
  ASSERT_TRUE(file->setAttribute("cloudsync.sha256", binary).ok());
  std::string longer(1000, 'x');
  ASSERT_TRUE(file->setAttribute("cloudsync.long", longer).ok());
  ASSERT_TRUE(root_->moveNoReplace(path("a"), path("b")).ok());
  std::unique_ptr<File> again = openFile("b", OpenMode::read);
  EXPECT_EQ(*again->attribute("cloudsync.sha256"), std::optional(binary));
  EXPECT_EQ(*again->attribute("cloudsync.long"), std::optional(longer));
}

TEST_P(FileSystemContract, takesNamesOf255BytesAndNoLonger) {
  std::string longest(255, 'n');
  write(longest, "1");
  EXPECT_EQ(names(), std::vector<std::string>{longest});
  std::string tooLong(256, 'n');
  EXPECT_EQ(openError(tooLong, OpenMode::createNew), ErrorKind::invalidName);
  EXPECT_EQ(kindOf(root_->makeFolder(path(tooLong))), ErrorKind::invalidName);
  EXPECT_EQ(kindOf(root_->moveNoReplace(path(longest), path(tooLong))), ErrorKind::invalidName);
}

TEST_P(FileSystemContract, takesNamesOfAnyBytes) {
  std::string odd = "\xff\xfe\n\t\\:*?\"<>|";
  write(odd, "1");
  EXPECT_EQ(names(), std::vector<std::string>{odd});
}

TEST_P(FileSystemContract, makesARootWithItsParents) {
  std::string deep = world_->root() + "/x/y//z/";
  ASSERT_TRUE(world_->fileSystem().makeRoot(deep).ok());
  ASSERT_TRUE(world_->fileSystem().makeRoot(deep).ok());
  EXPECT_EQ(root_->stat(path("x/y/z"))->permissions, 0700U);
  EXPECT_TRUE(world_->fileSystem().openRoot(deep).ok());
  write("f", "1");
  EXPECT_EQ(kindOf(world_->fileSystem().makeRoot(world_->root() + "/f")), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(world_->fileSystem().openRoot(world_->root() + "/f")), ErrorKind::notDirectory);
  EXPECT_EQ(kindOf(world_->fileSystem().openRoot(world_->root() + "/g")), ErrorKind::notFound);
  EXPECT_EQ(kindOf(world_->fileSystem().openRoot("relative")), ErrorKind::invalidArgument);
}

TEST_P(FileSystemContract, tellsTheFreeSpace) {
  Result<SpaceInfo> space = root_->space();
  ASSERT_TRUE(space.ok());
  EXPECT_GT(space->available, 0U);
  EXPECT_GE(space->total, space->available);
}

INSTANTIATE_TEST_SUITE_P(, FileSystemContract,
                         testing::Values(WorldMaker{"posix", makePosixWorld},
                                         WorldMaker{"componentWise", makeComponentWiseWorld},
                                         WorldMaker{"simulated", makeSimWorld}),
                         [](const auto& world) { return world.param.name; });

}  // namespace
}  // namespace cloudsync
