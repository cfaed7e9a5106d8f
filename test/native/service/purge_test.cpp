#include "remote/directory/purge.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "sim_world.h"

// What was put aside is kept for thirty days, and not for ever. Days pass in virtual time.

namespace cloudsync {
namespace {

using namespace std::chrono;

void pass(SimWorld& world, days time) { world.scheduler().simClock().advance(time); }

std::vector<std::string> contentsBelow(SimWorld& world, const std::string& folder) {
  std::vector<std::string> contents;
  for (const std::string& path : world.files().list(folder)) {
    bool isContent =
        !path.ends_with('/') && !path.ends_with("/origin") && !path.ends_with("/index");
    if (isContent) contents.push_back(*world.files().read(folder + "/" + path));
  }
  return contents;
}

using Contents = std::vector<std::string>;
constexpr const char* kVersions = "/cloud/.cloudsync/versions";
constexpr const char* kTrash = "/cloud/.cloudsync/trash";
constexpr const char* kLocalTrash = "/b/.cloudsync/trash";

TEST(Purge, ThirtyDaysAreKeptOnBothSidesAndNoMore) {
  SimWorld world(1);
  world.write("a", "edited", "first");
  world.write("a", "d/removed", "removed");
  world.settle();
  world.write("a", "edited", "second");
  world.remove("a", "d");
  world.settle();
  pass(world, days(29));
  world.settle();
  EXPECT_EQ(contentsBelow(world, kVersions), Contents{"first"});
  EXPECT_EQ(contentsBelow(world, kTrash), Contents{"removed"});
  EXPECT_EQ(contentsBelow(world, kLocalTrash).size(), 2u);

  world.write("a", "edited", "third");
  world.settle();
  pass(world, days(3));
  world.settle();
  EXPECT_EQ(contentsBelow(world, kVersions), Contents{"second"});
  EXPECT_EQ(world.files().list(kTrash), Contents{});
  EXPECT_EQ(contentsBelow(world, kLocalTrash), Contents{"second"});
  EXPECT_EQ(world.read("cloud", "edited"), "third");

  pass(world, days(31));
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  for (const std::string& path : world.files().list(kVersions)) {
    EXPECT_EQ(path.size(), 3u) << path;  // the two digits of a group, and nothing in it
  }
  EXPECT_EQ(world.read("b", "edited"), "third");
}

TEST(Purge, OneRunRemovesABoundedPartAndTheNextGoesOn) {
  SimWorld world(2);
  world.sync("a");
  constexpr std::size_t kMany = DirectoryPurge::kMostRemoved + 100;
  for (std::size_t i = 0; i < kMany; ++i) {
    world.files().write(std::string(kTrash) + "/2001-01-01/0/f" + std::to_string(i), "");
  }
  pass(world, days(40));
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(contentsBelow(world, kTrash).size(), 100u);
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.files().list(kTrash), Contents{});
}

TEST(Purge, WhoCameToTheEndLooksAgainAfterADay) {
  SimWorld world(3);
  world.write("a", "f", "1");
  world.settle();
  int looks = 0;
  world.files().setHook([&looks](const SimCall& call) -> std::optional<Error> {
    if (call.operation == "openFolder" && call.path == kTrash) ++looks;
    return std::nullopt;
  });
  world.settle();
  EXPECT_EQ(looks, 0);
  pass(world, days(1));
  world.settle();
  EXPECT_EQ(looks, 1);
}

TEST(Purge, ADayInTheTrashIsNotBelievedAgainstTheDisk) {
  SimWorld world(4);
  pass(world, days(100));
  world.sync("a");
  pass(world, days(2));
  // A device whose clock is years behind removed it a moment ago.
  const std::string fresh = std::string(kTrash) + "/1999-12-31/0/fresh";
  world.files().write(fresh, "removed just now");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.files().read(fresh), "removed just now");
}

TEST(Purge, WhatIsNobodysTrashStays) {
  SimWorld world(5);
  world.sync("a");
  const std::string note = std::string(kTrash) + "/notes of mine/n";
  world.files().write(note, "mine");
  pass(world, days(99));
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.files().read(note), "mine");
}

}  // namespace
}  // namespace cloudsync
