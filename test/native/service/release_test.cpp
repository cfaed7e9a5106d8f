#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim_world.h"

// What waits for a person, and what a person does by name: told as stories.

namespace cloudsync {
namespace {

using Names = std::vector<std::string>;

constexpr int kMany = 40;

std::string nameOf(int number) { return "f" + std::to_string(1000 + number); }

Space& spaceOf(SimWorld& world, std::string_view name) {
  return *world.device(name).space("drive");
}

PlanInfo planOf(SimWorld& world, std::string_view name) {
  Result<PlanInfo> plan = world.wait(spaceOf(world, name).plan());
  EXPECT_TRUE(plan.ok());
  return plan.ok() ? *plan : PlanInfo();
}

std::string haltOf(const PlanInfo& plan) {
  return plan.halts.empty() ? "none" : plan.halts.front().name;
}

Status remove(SimWorld& world, std::string_view name, std::string path,
              Space::Depth depth = Space::Depth::alone) {
  return world.wait(spaceOf(world, name).remove(RelPath::trusted(std::move(path)), depth));
}

Status move(SimWorld& world, std::string_view name, std::string from, std::string to) {
  return world.wait(spaceOf(world, name)
                        .move(RelPath::trusted(std::move(from)), RelPath::trusted(std::move(to))));
}

void writeMany(SimWorld& world, const std::string& content) {
  for (int i = 0; i < kMany; ++i) world.write("a", nameOf(i), content + nameOf(i));
}

TEST(Release, DeletionsAboveTheLimitWaitAndGoAfterAYes) {
  SimWorld world(1);
  writeMany(world, "one");
  world.sync("a");
  for (int i = 0; i < 30; ++i) world.remove("a", nameOf(i));
  world.write("a", "new", "goes up all the same");
  EXPECT_EQ(world.sync("a").state, SyncState::uploadFailed);
  EXPECT_EQ(world.list("cloud").size(), 41u);

  PlanInfo plan = planOf(world, "a");
  EXPECT_EQ(haltOf(plan), "deletion-limit-remote");
  EXPECT_EQ(planOf(world, "a").id, plan.id);
  EXPECT_TRUE(*spaceOf(world, "a").confirm(plan.id));
  EXPECT_FALSE(*spaceOf(world, "a").confirm(plan.id));
  EXPECT_EQ(haltOf(planOf(world, "a")), "none");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.list("cloud").size(), 11u);
}

TEST(Release, AYesSurvivesARestartAndIsForNothingElse) {
  SimWorld world(2);
  writeMany(world, "one");
  world.settle();
  for (int i = 0; i < 30; ++i) world.remove("a", nameOf(i));
  world.sync("a");
  EXPECT_TRUE(*spaceOf(world, "a").confirm(planOf(world, "a").id));
  // The other device edits one of them, and one more is deleted here.
  world.write("b", nameOf(0), "edited");
  world.sync("b");
  world.remove("a", nameOf(30));
  world.crashAndRestart();
  world.sync("a");
  EXPECT_EQ(world.read("cloud", nameOf(0)), "edited");
  EXPECT_EQ(world.read("a", nameOf(0)), "edited");
  EXPECT_EQ(world.read("cloud", nameOf(1)), std::nullopt);
  EXPECT_TRUE(world.read("cloud", nameOf(30)));
  // Below the limit by now.
  world.sync("a");
  EXPECT_EQ(world.read("cloud", nameOf(30)), std::nullopt);
}

TEST(Release, AllFilesWithOtherContentWait) {
  SimWorld world(3);
  writeMany(world, "one");
  world.sync("a");
  writeMany(world, "encrypted");
  world.write("a", "ransom.txt", "pay");
  EXPECT_EQ(world.sync("a").state, SyncState::uploadFailed);
  EXPECT_EQ(world.read("cloud", nameOf(7)), "one" + nameOf(7));
  EXPECT_EQ(world.read("cloud", "ransom.txt"), "pay");
  PlanInfo plan = planOf(world, "a");
  EXPECT_EQ(haltOf(plan), "all-changed-local");
  // The new file is as it was by now; the others wait all the same.
  EXPECT_EQ(world.sync("a").state, SyncState::uploadFailed);
  EXPECT_EQ(world.read("cloud", nameOf(7)), "one" + nameOf(7));
  EXPECT_TRUE(*spaceOf(world, "a").confirm(plan.id));
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.read("cloud", nameOf(7)), "encrypted" + nameOf(7));
}

TEST(Release, OtherTimesAreNoOtherContent) {
  SimWorld world(4);
  writeMany(world, "one");
  world.sync("a");
  writeMany(world, "one");  // again, later
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(haltOf(planOf(world, "a")), "none");
}

TEST(Release, AnEmptiedRemoteIsAcceptedAsANewOne) {
  SimWorld world(5);
  world.write("a", "x", "xx");
  world.sync("a");
  for (const char* path : {"x", ".cloudsync"}) world.remove("cloud", path);
  EXPECT_EQ(world.sync("a").state, SyncState::downloadFailed);
  EXPECT_EQ(world.read("a", "x"), "xx");
  PlanInfo plan = planOf(world, "a");
  EXPECT_EQ(haltOf(plan), "remote-unmarked");
  EXPECT_TRUE(plan.ops.empty());
  EXPECT_TRUE(*spaceOf(world, "a").confirm(plan.id));
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.read("a", "x"), "xx");
  EXPECT_EQ(world.read("cloud", "x"), "xx");
  // From here on it is believed again.
  world.remove("a", "x");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.list("cloud"), Names{});
}

TEST(Release, ARestoredRemoteTakesNothingAwayAndBothEditsAreKept) {
  SimWorld world(14);
  world.write("a", "kept", "old");
  world.sync("a");
  std::string marker = *world.read("cloud", ".cloudsync/root");
  world.write("a", "kept", "new");
  world.write("a", "later", "l");
  world.sync("a");
  // The backup of the time before.
  world.write("cloud", ".cloudsync/root", marker);
  world.write("cloud", "kept", "old");
  world.remove("cloud", "later");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.read("a", "later"), "l");
  EXPECT_EQ(world.read("cloud", "later"), "l");
  std::string all;
  for (const std::string& name : world.list("cloud")) all += *world.read("cloud", name) + ";";
  EXPECT_NE(all.find("old;"), std::string::npos) << all;
  EXPECT_NE(all.find("new;"), std::string::npos) << all;
  EXPECT_EQ(world.list("a"), world.list("cloud"));
}

TEST(Release, AnUnlinkedSpaceLeavesBothSidesAndBeginsAnew) {
  SimWorld world(6, ContentPolicy::onDemand);
  world.write("a", "x", "xx");
  world.sync("a");
  world.sync("b");
  EXPECT_TRUE(world.wait(spaceOf(world, "b").unlink()).ok());
  EXPECT_EQ(world.read("cloud", "x"), "xx");
  EXPECT_FALSE(world.state("b", "x").ok());
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_TRUE(world.state("b", "x").ok());
  EXPECT_TRUE(world.wait(spaceOf(world, "a").unlink()).ok());
  world.remove("cloud", "x");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.read("cloud", "x"), "xx");  // a first run deletes nothing
}

TEST(ByName, RemovesOnBothSidesAndOtherDevicesFollow) {
  SimWorld world(7);
  world.write("a", "d/x", "xx");
  world.write("a", "y", "yy");
  world.settle();
  EXPECT_TRUE(remove(world, "a", "y").ok());
  EXPECT_EQ(world.read("a", "y"), std::nullopt);
  EXPECT_EQ(world.read("cloud", "y"), std::nullopt);
  EXPECT_EQ(remove(world, "a", "d").error().kind, ErrorKind::notEmpty);
  EXPECT_TRUE(remove(world, "a", "d", Space::Depth::withContent).ok());
  EXPECT_EQ(world.list("a"), Names{});
  EXPECT_EQ(world.list("cloud"), Names{});
  world.settle();
  EXPECT_EQ(world.list("b"), Names{});
  EXPECT_EQ(remove(world, "a", "y").error().kind, ErrorKind::notFound);
}

TEST(ByName, RemovesWhatIsOnlyInTheCloud) {
  SimWorld world(8, ContentPolicy::onDemand);
  world.write("a", "d/x", "xx");
  world.write("a", "y", "yy");
  world.settle();
  EXPECT_TRUE(remove(world, "b", "y").ok());
  EXPECT_TRUE(remove(world, "b", "d", Space::Depth::withContent).ok());
  EXPECT_EQ(world.list("cloud"), Names{});
  world.settle();
  EXPECT_EQ(world.list("a"), Names{});
  EXPECT_FALSE(world.state("b", "y").ok());
}

TEST(ByName, DoesNotRemoveWhatSomebodyEditedSince) {
  SimWorld world(9);
  world.write("a", "y", "yy");
  world.settle();
  world.write("b", "y", "edited");
  world.sync("b");
  EXPECT_EQ(remove(world, "a", "y").error().kind, ErrorKind::conflict);
  EXPECT_EQ(world.read("cloud", "y"), "edited");
  EXPECT_EQ(world.read("a", "y"), "yy");
}

TEST(ByName, MovesFilesAndDirectoriesOnBothSides) {
  SimWorld world(10, ContentPolicy::onDemand);
  world.write("a", "d/x", "xx");
  world.write("a", "d/e/y", "yy");
  world.write("a", "z", "zz");
  world.settle();
  EXPECT_TRUE(move(world, "a", "z", "moved/z").ok());
  EXPECT_EQ(world.read("cloud", "moved/z"), "zz");
  EXPECT_EQ(world.read("cloud", "z"), std::nullopt);
  EXPECT_TRUE(move(world, "a", "d", "n").ok());
  EXPECT_EQ(world.read("a", "n/e/y"), "yy");
  EXPECT_EQ(world.read("cloud", "n/e/y"), "yy");
  world.settle();
  const Names all = {"moved/", "moved/z", "n/", "n/e/", "n/e/y", "n/x"};
  EXPECT_EQ(world.list("a"), all);
  EXPECT_EQ(world.list("cloud"), all);
  // The other device has no content at all.
  EXPECT_TRUE(move(world, "b", "n/x", "n/w").ok());
  EXPECT_EQ(world.read("cloud", "n/w"), "xx");
  world.settle();
  EXPECT_EQ(world.read("a", "n/w"), "xx");
  EXPECT_TRUE(world.state("b", "n/w").ok());
}

TEST(ByName, NeverMovesOverAnythingOrIntoItself) {
  SimWorld world(11);
  world.write("a", "x", "xx");
  world.write("a", "d/y", "yy");
  world.settle();
  EXPECT_EQ(move(world, "a", "x", "d/y").error().kind, ErrorKind::exists);
  EXPECT_EQ(move(world, "a", "d", "d/e").error().kind, ErrorKind::invalidArgument);
  EXPECT_EQ(move(world, "a", "none", "x2").error().kind, ErrorKind::notFound);
  EXPECT_EQ(world.list("a"), (Names{"d/", "d/y", "x"}));
}

TEST(ByName, WhatWasRemovedComesBackFromEitherTrash) {
  SimWorld world(12);
  world.write("a", "x", "xx");
  world.settle();
  EXPECT_TRUE(remove(world, "a", "x").ok());
  for (const char* wanted : {"local/", "cloud/"}) {
    std::string id;
    std::string after;
    do {
      Result<TrashPage> page = world.wait(spaceOf(world, "a").trash(after));
      ASSERT_TRUE(page.ok());
      for (const TrashedInfo& entry : page->entries) {
        if (entry.path == "x" && entry.id.starts_with(wanted)) id = entry.id;
      }
      after = page->next;
    } while (!after.empty());
    ASSERT_NE(id, "") << wanted;
    Result<std::string> restored = world.wait(spaceOf(world, "a").restore(id));
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    EXPECT_EQ(*restored, "x");
    world.settle();
    EXPECT_EQ(world.read("a", "x"), "xx");
    EXPECT_EQ(world.read("cloud", "x"), "xx");
    EXPECT_EQ(world.read("b", "x"), "xx");
    EXPECT_FALSE(world.wait(spaceOf(world, "a").restore(id)).ok());
    EXPECT_TRUE(remove(world, "a", "x").ok());
  }
}

TEST(ByName, AnOlderContentComesBackAndTheNewerOneIsKept) {
  SimWorld world(13);
  world.write("a", "x", "first");
  world.settle();
  world.write("a", "x", "second");
  world.settle();
  Space& space = spaceOf(world, "a");
  const RelPath path = RelPath::trusted("x");
  Result<OlderContents> versions = world.wait(space.versions(path));
  ASSERT_TRUE(versions.ok());
  ASSERT_EQ(versions->size(), 1u);
  EXPECT_TRUE(world.wait(space.restoreVersion(path, versions->front().id)).ok());
  world.settle();
  EXPECT_EQ(world.read("a", "x"), "first");
  EXPECT_EQ(world.read("b", "x"), "first");
  EXPECT_EQ(world.wait(space.versions(path))->size(), 2u);
}

}  // namespace
}  // namespace cloudsync
