// What a directory remote promises beside programs that know nothing of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "remote_world.h"

namespace cloudsync {
namespace {

class DirectoryRemote : public testing::TestWithParam<RemoteRow> {
 protected:
  std::unique_ptr<RemoteWorld> world = GetParam().make();
  RemoteUser user{*world};
  Folder& directory = *world->directory();

  void plainWrite(std::string_view path, std::string_view text) {
    auto file = directory.open(at(path), OpenMode::openOrCreate);
    ASSERT_EQ(outcome(file), "ok");
    ASSERT_EQ(outcome((*file)->truncate(0)), "ok");
    Status written =
        (*file)->writeAt(0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    ASSERT_EQ(outcome(written), "ok");
  }
  // Paths of all files below `folder`, in no order.
  std::vector<std::string> filesBelow(const RelPath& folder) {
    std::vector<std::string> found;
    auto opened = directory.openFolder(folder);
    if (!opened) return found;
    Result<std::vector<DirectoryEntry>> entries = (*opened)->list();
    for (const DirectoryEntry& entry : *entries) {
      RelPath path = folder.child(entry.name);
      if (entry.type != FileType::directory) {
        found.push_back(path.text());
        continue;
      }
      for (std::string& below : filesBelow(path)) found.push_back(std::move(below));
    }
    return found;
  }
};

INSTANTIATE_TEST_SUITE_P(On, DirectoryRemote, testing::ValuesIn(directoryRows()),
                         [](const auto& row) { return row.param.name; });

TEST_P(DirectoryRemote, AForeignChangeIsAConflictAndSurvives) {
  ObjectVersion ours = user.write("x", "ours")->version;
  plainWrite("x", "a foreign edit");
  EXPECT_EQ(outcome(user.write("x", "next", Precondition::matches(ours))), "conflict");
  EXPECT_EQ(outcome(user.remove("x", Precondition::matches(ours))), "conflict");
  EXPECT_EQ(outcome(user.read("x", {0, 4}, ours)), "conflict");
  EXPECT_EQ(*user.read("x"), "a foreign edit");
}

TEST_P(DirectoryRemote, AForeignObjectHasNoHashOfOurs) {
  WriteRequest request = user.requestFor("ours");
  ASSERT_EQ(outcome(user.writeAs("x", "ours", request)), "ok");
  plainWrite("x", "a foreign edit");
  Result<ObjectInfo> info = user.stat("x");
  ASSERT_EQ(outcome(info), "ok");
  EXPECT_FALSE(info->sha256);
  EXPECT_EQ(info->nonce, "");
}

TEST_P(DirectoryRemote, AnObjectThatChangesWhileItIsReadIsAConflict) {
  std::string text = textOf(3u << 20, 1);
  ObjectVersion version = user.write("x", text)->version;
  TextSink sink;
  sink.afterPiece = [this] { plainWrite("x", "now something else"); };
  Result<ObjectInfo> read =
      world->run(user.remote().read(at("x"), {0, text.size()}, version, sink, CancelToken()));
  EXPECT_EQ(outcome(read), "conflict");
}

TEST_P(DirectoryRemote, RemovedContentLiesInTheTrashUnderItsPath) {
  for (const char* text : {"first", "second"}) {
    ASSERT_EQ(outcome(user.write("d/e/x", text)), "ok");
    ASSERT_EQ(outcome(user.remove("d/e/x")), "ok");
  }
  std::vector<std::string> trash = filesBelow(at(".cloudsync/trash"));
  ASSERT_EQ(trash.size(), 2u);
  std::vector<std::string> contents;
  for (const std::string& path : trash) {
    EXPECT_TRUE(path.ends_with("/d/e/x")) << path;
    contents.push_back(*user.read(path));
  }
  std::sort(contents.begin(), contents.end());
  EXPECT_EQ(contents, (std::vector<std::string>{"first", "second"}));
}

TEST_P(DirectoryRemote, FindsATrashPlaceWhereAFileStandsInTheWayOfAFolder) {
  ASSERT_EQ(outcome(user.write("a", "file a")), "ok");
  ASSERT_EQ(outcome(user.remove("a")), "ok");
  ASSERT_EQ(outcome(user.write("a/b", "below a")), "ok");
  EXPECT_EQ(outcome(user.remove("a/b")), "ok");
  EXPECT_EQ(filesBelow(at(".cloudsync/trash")).size(), 2u);
}

TEST_P(DirectoryRemote, LeavesNoTemporaryFilesBehind) {
  ASSERT_EQ(outcome(user.write("x", "one")), "ok");
  ASSERT_EQ(outcome(user.write("x", "two")), "ok");
  ASSERT_EQ(outcome(user.write("x", "three", Precondition::absent())), "conflict");
  ASSERT_EQ(outcome(user.writeAs("x", "wrong", user.requestFor("right"))), "corrupt");
  UploadId upload = *user.beginUpload("y", user.requestFor("12345"));
  EXPECT_EQ(outcome(user.uploadPart("y", upload, 1, {0, 5}, "12345")), "ok");
  EXPECT_EQ(outcome(user.abortUpload("y", upload)), "ok");
  EXPECT_TRUE(filesBelow(at(".cloudsync/tmp")).empty());
  EXPECT_TRUE(filesBelow(at(".cloudsync/uploads")).empty());
}

TEST_P(DirectoryRemote, NeverFollowsAPlantedLink) {
  ASSERT_EQ(outcome(user.write("real/x", "inside")), "ok");
  world->makeLink("link", "/etc");
  world->makeLink("passwd", "/etc/passwd");
  EXPECT_EQ(user.stat("passwd")->kind, EntryKind::symlink);
  ObjectVersion version = user.stat("passwd")->version;
  EXPECT_EQ(outcome(user.read("passwd", {0, 1}, version)), "conflict");
  EXPECT_NE(outcome(user.stat("link/passwd")), "ok");
  EXPECT_NE(outcome(user.write("link/planted", "x")), "ok");
  EXPECT_NE(outcome(user.makeDirectory("link/planted")), "ok");
  EXPECT_EQ(outcome(user.write("passwd", "x")), "conflict");
  EXPECT_EQ(outcome(user.remove("passwd")), "conflict");
  EXPECT_EQ(*user.keys(), (std::vector<std::string>{"link", "passwd", "real/", "real/x"}));
}

TEST_P(DirectoryRemote, NeverOpensAPlantedPipe) {
  world->makeFifo("pipe");
  EXPECT_EQ(user.stat("pipe")->kind, EntryKind::special);
  ObjectVersion version = user.stat("pipe")->version;
  EXPECT_EQ(outcome(user.read("pipe", {0, 0}, version)), "conflict");
  EXPECT_EQ(outcome(user.write("pipe", "x")), "conflict");
}

TEST_P(DirectoryRemote, ADirectoryThatVanishedIsNotADirectoryWithoutFiles) {
  ASSERT_EQ(outcome(user.write("x", "text")), "ok");
  world->removeDirectory();
  EXPECT_EQ(outcome(user.stat("x")), "remoteNotReady");
  EXPECT_EQ(outcome(user.keys()), "remoteNotReady");
  EXPECT_EQ(outcome(user.write("y", "text")), "remoteNotReady");
  EXPECT_EQ(outcome(user.remove("x")), "remoteNotReady");
  EXPECT_EQ(outcome(user.beginUpload("x", user.requestFor("text"))), "remoteNotReady");
  Status checked = world->run(user.remote().check(CancelToken()));
  EXPECT_EQ(outcome(checked), "remoteNotReady");
}

TEST_P(DirectoryRemote, RefusesAnUploadIdThatIsNotItsOwn) {
  EXPECT_EQ(outcome(user.uploadPart("x", UploadId{"../../x"}, 1, {0, 1}, "x")), "invalidArgument");
  EXPECT_EQ(outcome(user.abortUpload("x", UploadId{".."})), "invalidArgument");
}

// In virtual time only: the real one would be waited for.
class SimulatedDirectoryRemote : public DirectoryRemote {};

std::vector<RemoteRow> simulatedRows() {
  std::vector<RemoteRow> rows = directoryRows();
  std::erase_if(rows, [](const RemoteRow& row) { return row.name != "directory_simulated"; });
  return rows;
}

INSTANTIATE_TEST_SUITE_P(On, SimulatedDirectoryRemote, testing::ValuesIn(simulatedRows()),
                         [](const auto& row) { return row.param.name; });

TEST_P(SimulatedDirectoryRemote, WaitsForALockThatAnotherProcessHoldsAndThenSaysBusy) {
  ASSERT_EQ(outcome(user.write("x", "text")), "ok");
  auto lock = directory.open(at(".cloudsync/lock"), OpenMode::readWrite);
  ASSERT_EQ(outcome(lock), "ok");
  ASSERT_TRUE(*(*lock)->tryLock());
  EXPECT_EQ(outcome(user.write("x", "next")), "busy");
  EXPECT_EQ(*user.read("x"), "text");
  (*lock)->unlock();
  EXPECT_EQ(outcome(user.write("x", "next")), "ok");
}

}  // namespace
}  // namespace cloudsync
