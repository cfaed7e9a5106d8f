#include "cache/content_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "cache/conflict_name.h"
#include "cache/root_marker.h"
#include "cache/trash.h"
#include "world.h"

namespace cloudsync::test {
namespace {

const std::string kOld(64, 'O');
const std::string kNew(80, 'N');

template <class T>
bool holds(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

TEST(ContentStore, PreparesItsDirectoryAsOftenAsAsked) {
  World world;
  EXPECT_TRUE(world.content().prepare());
  EXPECT_TRUE(world.exists(".cloudsync/tmp"));
  EXPECT_TRUE(world.exists(".cloudsync/trash"));
}

TEST(ContentStore, LeavesAUsersOwnEntryOfItsNameAlone) {
  World world;
  ASSERT_TRUE(
      world.disk().moveNoReplace(RelPath::trusted(".cloudsync"), RelPath::trusted("moved")));
  world.write(".cloudsync", "mine");
  Status prepared = world.content().prepare();
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().kind, ErrorKind::exists);
  EXPECT_EQ(world.read(".cloudsync"), "mine");
}

TEST(ContentStore, RefusesAPartNameThatReachesOut) {
  World world;
  for (const char* name : {"../root", "a/b", "..", ""}) {
    EXPECT_FALSE(world.content().openPart(name)) << name;
  }
}

TEST(ContentStore, PublishesOntoAFreeNameAndMakesItsDirectories) {
  World world;
  Staged staged = world.staged("x/y/new.txt", kNew, std::nullopt);
  auto placed = world.content().publish(std::span(&staged, 1));
  ASSERT_TRUE(placed) << placed.error().message;
  EXPECT_EQ(placed->front().kind, Placement::Kind::done);
  EXPECT_EQ(world.read("x/y/new.txt"), kNew);
  FileStat now = *world.disk().stat(RelPath::trusted("x/y/new.txt"));
  EXPECT_EQ(world.row("x/y/new.txt")->facts.fingerprint, Fingerprint::of(now));
  EXPECT_TRUE(world.store.facts.licences.empty());
  EXPECT_TRUE(world.temporary().empty());
}

TEST(ContentStore, PutsWhatItReplacesIntoTheTrashWithItsOrigin) {
  World world;
  Fingerprint old = world.addSynced("a/f\n.txt", kOld);
  Staged staged = world.staged("a/f\n.txt", kNew, old);
  auto placed = world.content().publish(std::span(&staged, 1));
  ASSERT_TRUE(placed);
  ASSERT_EQ(placed->front().kind, Placement::Kind::done) << placed->front().error->message;
  EXPECT_EQ(world.read("a/f\n.txt"), kNew);
  auto rounds = trashRounds(world.disk());
  ASSERT_EQ(rounds->size(), 1u);
  auto files = trashedFiles(world.disk(), rounds->front());
  ASSERT_EQ(files->size(), 1u);
  EXPECT_EQ(files->front().key, "a/f\n.txt");
  EXPECT_EQ(files->front().reason, "replaced");
  EXPECT_EQ(world.read(files->front().path.text()), kOld);
}

TEST(ContentStore, PostponesWhatIsNotAsExpected) {
  World world;
  Fingerprint old = world.addSynced("f", kOld);
  world.write("f", std::string(64, 'U'));
  world.write("taken", "mine");
  Staged round[]{world.staged("f", kNew, old), world.staged("taken", kNew, std::nullopt)};
  auto placed = world.content().publish(round);
  ASSERT_TRUE(placed);
  EXPECT_EQ((*placed)[0].kind, Placement::Kind::postponed);
  EXPECT_EQ((*placed)[1].kind, Placement::Kind::postponed);
  EXPECT_EQ(world.read("f"), std::string(64, 'U'));
  EXPECT_EQ(world.read("taken"), "mine");
  EXPECT_EQ(world.temporary().size(), 2u) << "the parts stay for a retry";
}

TEST(ContentStore, TouchesNothingThatIsOpenForWriting) {
  World world;
  Fingerprint old = world.addSynced("f", kOld);
  auto writer = world.disk().open(RelPath::trusted("f"), OpenMode::readWrite);
  ASSERT_TRUE(writer);
  Staged staged = world.staged("f", kNew, old);
  auto placed = world.content().publish(std::span(&staged, 1));
  EXPECT_EQ(placed->front().error->kind, ErrorKind::busy);
  Removal removal = world.removal("f");
  EXPECT_EQ(world.content().discard(std::span(&removal, 1))->front().error->kind, ErrorKind::busy);
  EXPECT_EQ(world.content().free(std::span(&removal, 1))->front().error->kind, ErrorKind::busy);
  EXPECT_EQ(world.read("f"), kOld);
}

TEST(ContentStore, RefusesAPartOfTheWrongSize) {
  World world;
  Staged staged = world.staged("f", kNew, std::nullopt);
  staged.claim.facts.size += 1;
  auto placed = world.content().publish(std::span(&staged, 1));
  EXPECT_EQ(placed->front().kind, Placement::Kind::failed);
  EXPECT_EQ(placed->front().error->kind, ErrorKind::corrupt);
  EXPECT_FALSE(world.exists("f"));
}

TEST(ContentStore, PostponesBelowWhatIsNoDirectory) {
  World world;
  world.write("real/x", "mine");
  Staged staged = world.staged("real/x/below", kNew, std::nullopt);
  auto placed = world.content().publish(std::span(&staged, 1));
  EXPECT_EQ(placed->front().kind, Placement::Kind::postponed);
  EXPECT_EQ(world.read("real/x"), "mine");
}

TEST(ContentStore, DiscardsIntoTheTrashAndErasesTheRow) {
  World world;
  world.addSynced("f", kOld);
  Removal removal = world.removal("f");
  auto done = world.content().discard(std::span(&removal, 1));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->front().kind, Placement::Kind::done);
  EXPECT_FALSE(world.exists("f"));
  EXPECT_FALSE(world.row("f"));
  EXPECT_TRUE(holds(world.trashed(), kOld));
}

TEST(ContentStore, FreesManyFilesAndRaisesTheGenerationOnce) {
  World world;
  std::vector<Removal> round;
  for (int i = 0; i < 150; ++i) {
    world.addSynced("d/" + std::to_string(i), kOld);
    round.push_back(world.removal("d/" + std::to_string(i)));
  }
  auto freed = world.content().free(round);
  ASSERT_TRUE(freed) << freed.error().message;
  for (const Placement& placement : *freed) EXPECT_EQ(placement.kind, Placement::Kind::done);
  EXPECT_TRUE(world.visible().empty());
  EXPECT_TRUE(world.temporary().empty());
  EXPECT_FALSE(world.row("d/7")->facts.local);
  EXPECT_EQ(world.row("d/7")->facts.mark, Mark::freed);
  EXPECT_EQ((*readRootMarker(world.disk()))->generation, 1u);
}

TEST(ContentStore, FreesNeitherPinnedNorChangedNorForeignContent) {
  World world;
  world.addSynced("pinned", kOld);
  world.store.facts.rows["pinned"].facts.pinned = true;
  world.addSynced("changed", kOld);
  Removal changed = world.removal("changed");
  world.write("changed", std::string(64, 'U'));
  world.addSynced("resynced", kOld);
  Removal resynced = world.removal("resynced");
  world.store.facts.rows["resynced"].remoteVersion = "v2";
  std::vector<Removal> round{world.removal("pinned"), changed, resynced};
  auto freed = world.content().free(round);
  ASSERT_TRUE(freed);
  for (const Placement& placement : *freed) {
    EXPECT_EQ(placement.error->kind, ErrorKind::notPermitted);
  }
  EXPECT_EQ(world.visible().size(), 3u);
}

TEST(ContentStore, FreesNothingWithoutTheMarkerOfTheRoot) {
  World world;
  world.addSynced("f", kOld);
  ASSERT_TRUE(world.disk().removeFile(RelPath::trusted(".cloudsync/root")));
  Removal removal = world.removal("f");
  auto freed = world.content().free(std::span(&removal, 1));
  EXPECT_EQ(freed->front().error->kind, ErrorKind::halted);
  EXPECT_EQ(world.read("f"), kOld);
  EXPECT_TRUE(world.store.facts.licences.empty());
}

TEST(ContentStore, SeesAChangeInTheSameClockTickByTheContent) {
  World world;
  world.addSynced("f", kOld);
  // The row's look was as early as the file's change, and the fingerprint is equal: a change
  // within the tick. Only the content tells.
  world.write("f", std::string(64, 'U'));
  BaseFacts& facts = world.store.facts.rows["f"].facts;
  facts.fingerprint = Fingerprint::of(*world.disk().stat(RelPath::trusted("f")));
  facts.lookedAt = facts.fingerprint.changeTime;
  Removal removal = world.removal("f");
  auto freed = world.content().free(std::span(&removal, 1));
  EXPECT_EQ(freed->front().error->kind, ErrorKind::notPermitted);
  EXPECT_EQ(world.read("f"), std::string(64, 'U'));
}

TEST(ContentStore, MovesTheLosingContentAsideAndEndsThereAgain) {
  World world;
  Fingerprint state = world.addSynced("d/f.txt", kOld);
  auto aside = world.content().moveAside("d/f.txt", state, hashOf(kOld));
  ASSERT_TRUE(aside) << aside.error().message;
  EXPECT_EQ(*aside, conflictKey("d/f.txt", {"laptop", state.modifyTime, hashOf(kOld), 6}));
  EXPECT_EQ(world.read(*aside), kOld);
  EXPECT_FALSE(world.exists("d/f.txt"));
  EXPECT_FALSE(world.row("d/f.txt"));
}

TEST(ContentStore, TakesAnEqualConflictCopyForDoneAndAnotherForTaken) {
  World world;
  Fingerprint state = world.addSynced("f", kOld);
  std::string name = conflictKey("f", {"laptop", state.modifyTime, hashOf(kOld), 6});
  world.write(name, kOld);
  auto aside = world.content().moveAside("f", state, hashOf(kOld));
  EXPECT_EQ(*aside, name);
  EXPECT_FALSE(world.exists("f"));

  state = world.addSynced("f", kOld);
  name = conflictKey("f", {"laptop", state.modifyTime, hashOf(kOld), 6});
  world.write(name, "edited by the user");
  aside = world.content().moveAside("f", state, hashOf(kOld));
  EXPECT_EQ(*aside, conflictKey("f", {"laptop", state.modifyTime, hashOf(kOld), 12}));
  EXPECT_EQ(world.read(name), "edited by the user");
}

TEST(ContentStore, PurgesOnlyTrashThatIsOldEnough) {
  World world;
  world.addSynced("f", kOld);
  Removal removal = world.removal("f");
  ASSERT_TRUE(world.content().discard(std::span(&removal, 1)));
  EXPECT_EQ(*world.content().purgeTrash(std::chrono::hours(24)), 0u);
  world.clock.ahead = 3 * 86'400'000'000'000;
  EXPECT_EQ(*world.content().purgeTrash(std::chrono::hours(24)), 1u);
  EXPECT_TRUE(world.trashed().empty());
}

TEST(ContentStore, RemovesOnlyTempFilesThatNoDownloadNames) {
  World world;
  std::string wanted = world.addPart("half");
  std::string stray = world.addPart("stray");
  world.store.facts.downloads.push_back({"f", "v1", 4, wanted, {}});
  ASSERT_TRUE(world.content().recover());
  EXPECT_EQ(world.temporary(), std::vector<std::string>{wanted});
}

TEST(RootMarker, SaysWhatWasWritten) {
  World world;
  RootMarker marker{"id of this root", 41};
  ASSERT_TRUE(writeRootMarker(world.disk(), world.random, marker));
  EXPECT_EQ(**readRootMarker(world.disk()), marker);
  EXPECT_EQ(*raiseGeneration(world.disk(), world.random), 42u);
  EXPECT_EQ(createRootMarker(world.disk(), world.random)->generation, 42u);
}

TEST(RootMarker, IsNotRepairedByGuessing) {
  World world;
  for (const char* text : {"", "cloudsync root 1\n", "cloudsync root 1\nid x\ngeneration y\n",
                           "cloudsync root 1\nid \ngeneration 1\n", "something else"}) {
    world.write(".cloudsync/root", text);
    auto marker = readRootMarker(world.disk());
    ASSERT_FALSE(marker) << text;
    EXPECT_EQ(marker.error().kind, ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace cloudsync::test
