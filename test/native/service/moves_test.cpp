#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim_world.h"

// Renames, told as stories: content that only got another name is sent by nobody and deleted
// nowhere.

namespace cloudsync {
namespace {

using Names = std::vector<std::string>;

class Moves : public ::testing::Test {
 protected:
  void move(std::string_view where, std::string_view from, std::string_view to) {
    rest();
    world.files().move(path(where, from), path(where, to));
    rest();
  }
  std::uint64_t inode(std::string_view where, std::string_view name) {
    return world.files().stat(path(where, name))->inode;
  }
  static std::string path(std::string_view where, std::string_view name) {
    return "/" + std::string(where) + "/" + std::string(name);
  }
  void rest() { world.scheduler().simClock().advance(std::chrono::seconds(3)); }
  Names trash(std::string_view where) {
    return world.files().list(path(where, ".cloudsync/trash"));
  }
  void expectSame(const Names& names) {
    EXPECT_EQ(world.list("a"), names);
    EXPECT_EQ(world.list("b"), names);
    EXPECT_EQ(world.list("cloud"), names);
  }
  // In the next run, both devices find nothing to do.
  void expectQuiet() {
    std::uint64_t changes = 0;
    world.files().setHook([&changes](const SimCall& call) -> std::optional<Error> {
      bool ours = call.path.find("/.cloudsync/") != std::string::npos;
      if (!ours && (call.operation.starts_with("move") || call.operation == "exchange")) ++changes;
      return std::nullopt;
    });
    EXPECT_EQ(world.sync("a").state, SyncState::completed);
    EXPECT_EQ(world.sync("b").state, SyncState::completed);
    world.files().setHook({});
    EXPECT_EQ(changes, 0U);
  }

  SimWorld world{1};
};

TEST_F(Moves, ARenamedFileIsRenamedEverywhere) {
  world.write("a", "old", "content");
  world.settle();
  std::uint64_t inCloud = inode("cloud", "old");
  std::uint64_t onB = inode("b", "old");
  move("a", "old", "new");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(inode("cloud", "new"), inCloud);
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_EQ(inode("b", "new"), onB);
  expectSame({"new"});
  EXPECT_EQ(trash("a"), Names{});
  EXPECT_EQ(trash("b"), Names{});
  EXPECT_EQ(trash("cloud"), Names{});
  expectQuiet();
}

TEST_F(Moves, ARenamedDirectoryOfManyFilesIsNoDeletion) {
  for (int i = 0; i < 60; ++i) world.write("a", "d/" + std::to_string(i), std::to_string(i));
  world.settle();
  move("a", "d", "e");
  // 60 of 60 files: more than any deletion limit.
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.sync("b").state, SyncState::completed);
  EXPECT_EQ(world.list("b").size(), 61U);
  EXPECT_EQ(world.list("b"), world.list("a"));
  EXPECT_EQ(world.list("b"), world.list("cloud"));
  EXPECT_EQ(world.read("b", "e/59"), "59");
  EXPECT_EQ(trash("b"), Names{});
  expectQuiet();
}

TEST_F(Moves, WhatTheCloudAloneHasGoesAlongWithItsDirectory) {
  world.write("a", "d/here", "here");
  world.write("a", "d/freed", "freed");
  world.write("a", "d/sub/deep", "deep");
  world.settle();
  ASSERT_TRUE(world.free("a", "d/freed").ok());
  ASSERT_TRUE(world.free("a", "d/sub/deep").ok());
  move("a", "d", "e");
  EXPECT_EQ(world.sync("a").state, SyncState::completed);
  EXPECT_EQ(world.list("cloud"), (Names{"e/", "e/freed", "e/here", "e/sub/", "e/sub/deep"}));
  EXPECT_EQ(world.list("a"), (Names{"e/", "e/here", "e/sub/"}));
  ASSERT_TRUE(world.fetch("a", "e/sub/deep").ok());
  EXPECT_EQ(world.read("a", "e/sub/deep"), "deep");
  world.sync("b");
  EXPECT_EQ(world.list("b"), world.list("cloud"));
  expectQuiet();
}

TEST_F(Moves, ASwapOfTwoFilesIsSent) {
  world.write("a", "x", "was x");
  world.write("a", "y", "was y, longer");
  world.settle();
  move("a", "x", "z");
  move("a", "y", "x");
  move("a", "z", "y");
  world.settle();
  expectSame({"x", "y"});
  EXPECT_EQ(world.read("b", "x"), "was y, longer");
  EXPECT_EQ(world.read("b", "y"), "was x");
  expectQuiet();
}

TEST_F(Moves, AChainOfThreeKeepsAllContents) {
  world.write("a", "1", "one");
  world.write("a", "2", "two two");
  world.settle();
  move("a", "2", "3");
  move("a", "1", "2");
  world.settle();
  expectSame({"2", "3"});
  EXPECT_EQ(world.read("b", "2"), "one");
  EXPECT_EQ(world.read("b", "3"), "two two");
  expectQuiet();
}

TEST_F(Moves, ARenameAndAnEditOnTheOtherSideKeepTheEdit) {
  world.write("a", "doc", "base");
  world.settle();
  move("a", "doc", "renamed");
  world.write("b", "doc", "edited on b");
  world.sync("b");
  world.settle();
  EXPECT_EQ(world.list("a"), world.list("b"));
  EXPECT_EQ(world.list("a"), world.list("cloud"));
  EXPECT_EQ(world.read("a", "doc"), "edited on b");
  EXPECT_EQ(world.read("a", "renamed"), "base");
}

TEST_F(Moves, ARenamedAndEditedFileIsSent) {
  world.write("a", "doc", "base");
  world.settle();
  move("a", "doc", "renamed");
  world.write("a", "renamed", "base and more");
  world.settle();
  expectSame({"renamed"});
  EXPECT_EQ(world.read("b", "renamed"), "base and more");
}

TEST_F(Moves, BothSidesRenameTheSameFileToTwoNamesAndBothNamesStay) {
  world.write("a", "doc", "base");
  world.settle();
  move("a", "doc", "by a");
  move("b", "doc", "by b");
  world.settle();
  expectSame({"by a", "by b"});
  EXPECT_EQ(world.read("a", "by b"), "base");
}

TEST_F(Moves, TwoDirectoriesThatMoveIntoEachOtherLoseNothing) {
  world.write("a", "A/1", "one");
  world.write("a", "B/2", "two");
  world.settle();
  move("a", "A", "B/A");
  move("b", "B", "A/B");
  world.settle();
  EXPECT_EQ(world.list("a"), world.list("b"));
  EXPECT_EQ(world.list("a"), world.list("cloud"));
  std::string contents;
  for (const std::string& name : world.list("a")) {
    if (!name.ends_with('/')) contents += *world.read("a", name) + ";";
  }
  EXPECT_NE(contents.find("one"), std::string::npos);
  EXPECT_NE(contents.find("two"), std::string::npos);
}

TEST_F(Moves, ACaseOfLettersIsAName) {
  world.write("a", "a.txt", "content");
  world.settle();
  std::uint64_t onB = inode("b", "a.txt");
  move("a", "a.txt", "A.txt");
  world.settle();
  expectSame({"A.txt"});
  EXPECT_EQ(inode("b", "A.txt"), onB);
}

TEST_F(Moves, ATakenNameInTheCloudKeepsBothContents) {
  world.write("a", "old", "content");
  world.settle();
  move("a", "old", "new");
  world.write("cloud", "new", "somebody else's");
  world.settle();
  std::string contents;
  for (const std::string& name : world.list("a")) contents += *world.read("a", name) + ";";
  EXPECT_NE(contents.find("somebody else's"), std::string::npos);
  EXPECT_NE(contents.find("content;"), std::string::npos);
  EXPECT_EQ(world.list("a"), world.list("b"));
}

TEST_F(Moves, TwoFilesOfEqualContentGoTheirOwnWays) {
  world.write("a", "1", "same");
  world.write("a", "2", "same");
  world.settle();
  world.files().makeFolders("/a/d");
  move("a", "1", "d/1");
  move("a", "2", "d/2");
  world.settle();
  expectSame({"d/", "d/1", "d/2"});
  EXPECT_EQ(trash("b"), Names{});
  expectQuiet();
}

}  // namespace
}  // namespace cloudsync
