#include "scan/scope.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fs/sim_file_system.h"
#include "scope_support.h"

namespace cloudsync {
namespace {

class ScopeOfTree : public ::testing::Test {
 protected:
  std::unique_ptr<Folder> root() {
    Result<std::unique_ptr<Folder>> opened = files_.openRoot("/r");
    EXPECT_TRUE(opened.ok());
    return std::move(*opened);
  }
  void write(const std::string& path, std::string_view text = "1") {
    files_.write("/r/" + path, text);
  }
  // Both ways to ask: the walk, and key by key.
  std::vector<std::string> leftOut(const std::vector<std::string>& patterns = {}) {
    Scope scope(patterns);
    std::unique_ptr<Folder> folder = root();
    Seen seen = walkInScope(scope, *folder);
    ScopeCursor cursor(scope, *folder);
    for (const std::string& key : seen.inScope) EXPECT_FALSE(*cursor.ignores(key)) << key;
    for (const std::string& key : seen.ignored) EXPECT_TRUE(*cursor.ignores(key)) << key;
    return seen.ignored;
  }
  bool ignores(const std::string& key, const std::vector<std::string>& patterns = {}) {
    std::unique_ptr<Folder> folder = root();
    Result<bool> answer = ScopeCursor(Scope(patterns), *folder).ignores(key);
    EXPECT_TRUE(answer.ok());
    return answer.ok() && *answer;
  }

  SimClock clock_;
  SimFileSystem files_{clock_};
};

using Keys = std::vector<std::string>;

TEST_F(ScopeOfTree, TheFilesSayWhatIsLeftOutWhereTheyLieAndBelow) {
  write(".cloudsyncignore", "*.o\n/build/\n");
  write("a/.cloudsyncignore", "!keep.o\nb/*.txt\n");
  for (const char* path : {"x.o", "a/x.o", "a/keep.o", "keep.o", "a/b/x.txt", "b/x.txt",
                           "build/deep/x", "a/build/x"}) {
    write(path);
  }
  EXPECT_EQ(leftOut(), (Keys{"a/b/x.txt", "a/x.o", "build/", "keep.o", "x.o"}));
}

TEST_F(ScopeOfTree, WhatLiesInADirectoryThatIsLeftOutIsNotTakenInAgain) {
  write(".cloudsyncignore", "d/\n!d/x\n");
  write("d/.cloudsyncignore", "!*\n");
  write("d/x");
  EXPECT_EQ(leftOut(), (Keys{"d/"}));
  EXPECT_TRUE(ignores("d/x"));
  EXPECT_TRUE(ignores("d/e/f/x"));
}

TEST_F(ScopeOfTree, TheConfigurationHasTheLastWordAndTheDefaultsTheFirst) {
  write(".cloudsyncignore", "!a.txt~\n!*.key\n*.log\n");
  for (const char* path : {"a.txt~", "b.txt~", "x.key", "x.log", "keep.log"}) write(path);
  EXPECT_EQ(leftOut({"*.key", "!keep.log"}), (Keys{"b.txt~", "x.key", "x.log"}));
}

TEST_F(ScopeOfTree, KeysThatAreNotOnTheDiskAreAskedOfTheFilesThatAre) {
  write(".cloudsyncignore", "out/\n");
  write("a/.cloudsyncignore", "/x\n");
  EXPECT_TRUE(ignores("a/x"));
  EXPECT_FALSE(ignores("a/b/x"));
  EXPECT_TRUE(ignores("a/b/out/c/d"));
  EXPECT_FALSE(ignores("a/b/out"));
  EXPECT_FALSE(ignores("nowhere/x"));
}

TEST_F(ScopeOfTree, OneCursorAnswersInAnyOrder) {
  write("a/.cloudsyncignore", "x\n");
  std::unique_ptr<Folder> folder = root();
  Scope scope({});
  ScopeCursor cursor(scope, *folder);
  for (const char* key : {"a/b/x", "a/x", "a/b/c/x", "a/", "x", "a/b/", "a/x/"}) {
    ScopeCursor fresh(scope, *folder);
    EXPECT_EQ(*cursor.ignores(key), *fresh.ignores(key)) << key;
  }
  EXPECT_TRUE(*cursor.ignores("a/b/x"));
  EXPECT_FALSE(*cursor.ignores("x"));
}

TEST_F(ScopeOfTree, AFileThatCannotBeReadLeavesItsDirectoryUnknown) {
  write("a/.cloudsyncignore", "x\n");
  write("a/y");
  write("b");
  files_.setHook([](const SimCall& call) -> std::optional<Error> {
    bool rules = call.operation == "open" && call.path.ends_with(kIgnoreFileName);
    if (!rules) return std::nullopt;
    return Error{ErrorKind::permission, "as planned", call.path, 0};
  });
  Scope scope({});
  std::unique_ptr<Folder> folder = root();
  Seen seen = walkInScope(scope, *folder);
  EXPECT_EQ(seen.unknown, Keys{"a/"});
  EXPECT_EQ(seen.inScope, (Keys{"a/", "b"}));
}

TEST_F(ScopeOfTree, AFileThatIsTooLargeForAListOfPatternsIsNotRead) {
  write("a/.cloudsyncignore", std::string((1 << 20) + 1, 'x'));
  Scope scope({});
  std::unique_ptr<Folder> folder = root();
  EXPECT_EQ(walkInScope(scope, *folder).unknown, Keys{"a/"});
  EXPECT_FALSE(ScopeCursor(scope, *folder).ignores("a/x").ok());
  EXPECT_FALSE(ScopeCursor(scope, *folder).ignores("a/b/x").ok());
  EXPECT_TRUE(ScopeCursor(scope, *folder).ignores("b").ok());
}

TEST_F(ScopeOfTree, ALinkOrADirectoryOfItsNameSaysNothing) {
  write("rules", "*\n");
  files_.makeLink("/r/.cloudsyncignore", "rules");
  write("a/.cloudsyncignore/x");
  EXPECT_EQ(leftOut(), Keys{});
}

TEST_F(ScopeOfTree, OurOwnDirectoryIsNoEntryWhateverIsIgnored) {
  write(".cloudsync/root");
  write("a");
  EXPECT_EQ(leftOut({"*"}), Keys{"a"});
}

TEST(ScopeFile, IsToldByItsName) {
  EXPECT_TRUE(isIgnoreFile(".cloudsyncignore"));
  EXPECT_TRUE(isIgnoreFile("a/b/.cloudsyncignore"));
  EXPECT_FALSE(isIgnoreFile("a.cloudsyncignore"));
  EXPECT_FALSE(isIgnoreFile(".cloudsyncignore/"));
}

}  // namespace
}  // namespace cloudsync
