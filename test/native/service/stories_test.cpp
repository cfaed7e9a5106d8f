#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim_world.h"

// Two devices on one cloud, told as stories. Everything is simulated but the engine.

namespace cloudsync {
namespace {

using Names = std::vector<std::string>;

TEST(Stories, AFileTravelsToTheOtherDevice) {
  SimWorld world(1);
  world.write("a", "trip/1.jpg", "sunset");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.read("cloud", "trip/1.jpg"), "sunset");
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_EQ(world.read("b", "trip/1.jpg"), "sunset");
  EXPECT_EQ(*world.state("a", "trip/1.jpg"), FileSyncState::uploadSuccess);
  EXPECT_EQ(*world.state("b", "trip/1.jpg"), FileSyncState::completed);
}

TEST(Stories, EditsAndDeletionsTravelBothWays) {
  SimWorld world(2);
  world.write("a", "1", "one");
  world.write("a", "2", "two");
  world.settle();
  world.write("b", "1", "one, edited on b");
  world.remove("a", "2");
  EXPECT_EQ(*world.state("b", "1"), FileSyncState::toBeUploaded);
  world.settle();
  EXPECT_EQ(world.read("a", "1"), "one, edited on b");
  EXPECT_EQ(world.list("b"), Names{"1"});
  EXPECT_EQ(world.list("cloud"), Names{"1"});
}

TEST(Stories, DirectoriesAreMadeAndRemoved) {
  SimWorld world(3);
  world.files().makeFolders("/a/empty/deep");
  world.write("a", "full/x", "x");
  world.settle();
  EXPECT_EQ(world.list("b"), (Names{"empty/", "empty/deep/", "full/", "full/x"}));
  world.remove("a", "full");
  world.remove("b", "empty");
  world.settle();
  EXPECT_EQ(world.list("a"), Names{});
  EXPECT_EQ(world.list("b"), Names{});
  EXPECT_EQ(world.list("cloud"), Names{});
}

TEST(Stories, BothEditedBothAreKeptUnderTheSameNamesEverywhere) {
  SimWorld world(4);
  world.write("a", "note.txt", "base");
  world.settle();
  world.write("a", "note.txt", "from a");
  world.write("b", "note.txt", "from b");
  world.settle();
  EXPECT_EQ(world.list("a"), world.list("b"));
  EXPECT_EQ(world.list("a"), world.list("cloud"));
  ASSERT_EQ(world.list("a").size(), 2u);
  std::string all;
  for (const std::string& name : world.list("a")) all += *world.read("a", name) + ";";
  EXPECT_NE(all.find("from a"), std::string::npos);
  EXPECT_NE(all.find("from b"), std::string::npos);
  for (const std::string& name : world.list("a")) {
    EXPECT_EQ(world.read("a", name), world.read("b", name));
  }
}

TEST(Stories, BothEditedToTheSameBytesIsNoConflict) {
  SimWorld world(5);
  world.write("a", "n", "base");
  world.settle();
  world.write("a", "n", "same");
  world.write("b", "n", "same");
  world.settle();
  EXPECT_EQ(world.list("a"), Names{"n"});
  EXPECT_EQ(world.list("b"), Names{"n"});
}

TEST(Stories, AnEditSurvivesADeletion) {
  SimWorld world(6);
  world.write("a", "n", "base");
  world.settle();
  world.remove("a", "n");
  world.write("b", "n", "edited");
  world.settle();
  EXPECT_EQ(world.read("a", "n"), "edited");
  EXPECT_EQ(world.read("b", "n"), "edited");
}

TEST(Stories, AQuietRunWritesNothing) {
  SimWorld world(7);
  world.write("a", "d/1", "one");
  world.write("b", "2", "two");
  world.settle();
  Names changes;
  world.files().setHook([&changes](const SimCall& call) -> std::optional<Error> {
    for (std::string_view change : {"writeAt", "moveNoReplace", "moveReplacing", "exchange",
                                    "makeFolder", "removeFile", "removeFolder", "truncate"}) {
      // The probe of a directory remote writes a file of its own to see whether it may.
      if (call.operation == change && call.path.find("/.cloudsync/") == std::string::npos) {
        changes.push_back(std::string(call.operation) + " " + call.path);
      }
    }
    return std::nullopt;
  });
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_EQ(changes, Names{});
}

TEST(Stories, OnDemandBringsNamesAndFetchesContentWhenAsked) {
  SimWorld world(8, ContentPolicy::onDemand);
  world.write("a", "p/1.jpg", "one");
  world.write("a", "p/2.jpg", "two");
  world.sync("a");
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_EQ(world.list("b"), Names{"p/"});
  EXPECT_EQ(*world.state("b", "p/1.jpg"), FileSyncState::completed);
  ASSERT_TRUE(world.fetch("b", "p/1.jpg").ok());
  EXPECT_EQ(world.read("b", "p/1.jpg"), "one");
  // The absence of the others is no deletion.
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_EQ(world.list("cloud"), (Names{"p/", "p/1.jpg", "p/2.jpg"}));
}

TEST(Stories, WhatIsFreedComesBackAndIsNeverADeletion) {
  SimWorld world(9, ContentPolicy::onDemand);
  world.write("b", "1", "one");
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  ASSERT_TRUE(world.free("b", "1").ok());
  EXPECT_EQ(world.list("b"), Names{});
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_EQ(world.list("cloud"), Names{"1"});
  ASSERT_TRUE(world.fetch("b", "1").ok());
  EXPECT_EQ(world.read("b", "1"), "one");
}

TEST(Stories, WhatIsNotInTheCloudIsNotFreed) {
  SimWorld world(10);
  world.write("a", "new", "never synced");
  EXPECT_EQ(world.free("a", "new").error().kind, ErrorKind::notPermitted);
  world.sync("a");
  world.write("a", "new", "edited since");
  EXPECT_EQ(world.free("a", "new").error().kind, ErrorKind::notPermitted);
  EXPECT_EQ(world.read("a", "new"), "edited since");
}

TEST(Stories, ANewFileAtTheNameOfACloudOnlyOneBecomesAConflictCopy) {
  SimWorld world(11, ContentPolicy::onDemand);
  world.write("a", "n.txt", "from a");
  world.sync("a");
  world.sync("b");
  world.write("b", "n.txt", "from b");
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  world.sync("a");
  EXPECT_EQ(world.read("a", "n.txt"), "from a");
  EXPECT_EQ(world.list("a").size(), 2u);
}

TEST(Stories, AnEmptiedCloudDeletesNothing) {
  SimWorld world(12);
  for (int i = 0; i < 60; ++i) world.write("a", "f" + std::to_string(i), "x");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  world.files().remove("/cloud");
  world.files().makeFolders("/cloud");
  EXPECT_EQ(world.sync("a").state, SyncState::downloadFailed);
  EXPECT_EQ(world.list("a").size(), 60u);
}

TEST(Stories, ManyDeletionsWaitForAPerson) {
  SimWorld world(13);
  for (int i = 0; i < 60; ++i) world.write("a", "f" + std::to_string(i), "x");
  world.settle();
  for (int i = 0; i < 40; ++i) world.files().remove("/a/f" + std::to_string(i));
  world.write("a", "new", "goes on");
  SyncEvent event = world.sync("a");
  EXPECT_EQ(event.state, SyncState::uploadFailed);
  EXPECT_EQ(world.list("cloud").size(), 61u);
  EXPECT_EQ(world.read("cloud", "new"), "goes on");
}

TEST(Stories, AVanishedRootStopsBeforeAnythingIsDeleted) {
  SimWorld world(14);
  world.write("a", "f", "x");
  world.settle();
  world.files().move("/a", "/elsewhere");
  world.files().makeFolders("/a");
  world.sync("a");
  ASSERT_TRUE(world.lastError);
  EXPECT_EQ(world.lastError->kind, ErrorKind::halted);
  EXPECT_EQ(world.list("cloud"), Names{"f"});
}

TEST(Stories, AFileThatBecomesADirectoryAndTheOtherWayRoundConverge) {
  for (const char* where : {"a", "b"}) {
    SimWorld world(15);
    world.write("a", "file", "was a file");
    world.write("a", "dir/sub/x", "was in a directory");
    world.settle();
    world.remove(where, "file");
    world.write(where, "file/now", "is a directory");
    world.remove(where, "dir");
    world.write(where, "dir", "is a file");
    world.settle();
    for (const char* side : {"a", "b", "cloud"}) {
      EXPECT_EQ(world.list(side), (Names{"dir", "file/", "file/now"})) << where << " on " << side;
    }
    EXPECT_EQ(world.sync("a").state, SyncState::completed);
    EXPECT_EQ(world.sync("b").state, SyncState::completed);
  }
}

TEST(Stories, ADeletionIsNoEditThoughTheFileIsRacy) {
  SimWorld world(16);
  world.files().write("/a/fresh", "written a moment before the run");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  world.remove("b", "fresh");
  world.settle();
  EXPECT_EQ(world.list("a"), Names{});
  EXPECT_EQ(world.list("cloud"), Names{});
}

TEST(Stories, FreeingDoesNotMakeTheNextRunDistrustItsRows) {
  SimWorld world(17);
  world.write("a", "1", "one");
  world.write("a", "2", "two");
  world.settle();
  ASSERT_TRUE(world.free("a", "1").ok());
  world.remove("a", "2");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.list("cloud"), Names{"1"});
  EXPECT_EQ(world.list("a"), Names{});
}

// The generation of the root is not the one that is remembered: one of the two came back from a
// backup, and the base tells neither of deletions nor of who edited.
TEST(Stories, ABaseThatIsNotBelievedDeletesNothingAndKeepsBothContents) {
  SimWorld world(17);
  world.write("a", "gone there", "stays");
  world.write("a", "older there", "newer content");
  world.settle();
  std::string marker = *world.read("a", ".cloudsync/root");
  marker.replace(marker.find("generation "), std::string::npos, "generation 7\n");
  world.write("a", ".cloudsync/root", marker);
  world.remove("cloud", "gone there");
  world.write("cloud", "older there", "older");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.read("a", "gone there"), "stays");
  EXPECT_EQ(world.read("cloud", "gone there"), "stays");
  EXPECT_EQ(world.list("a"), world.list("cloud"));
  ASSERT_EQ(world.list("a").size(), 3u);
  std::string contents;
  for (const std::string& name : world.list("a")) contents += *world.read("a", name) + ";";
  EXPECT_NE(contents.find("newer content;"), std::string::npos);
  EXPECT_NE(contents.find("older;"), std::string::npos);
}

TEST(Stories, TheSameSeedGivesTheSameRun) {
  auto steps = [](std::uint64_t seed) {
    SimWorld world(seed);
    for (int i = 0; i < 10; ++i) world.write("a", "f" + std::to_string(i), "x");
    world.settle();
    return std::pair(world.scheduler().steps(), world.files().calls());
  };
  EXPECT_EQ(steps(5), steps(5));
}

}  // namespace
}  // namespace cloudsync
