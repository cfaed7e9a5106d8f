#include "scan/ignore_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cloudsync {
namespace {

bool leavesOut(const std::vector<std::string>& lines, std::string_view path,
               IsDirectory directory = IsDirectory::no) {
  std::size_t slash = path.rfind('/');
  std::size_t nameAt = slash == std::string_view::npos ? 0 : slash + 1;
  return IgnoreRules::ofLines(lines).judge(path, nameAt, directory) ==
         IgnoreRules::Verdict::leftOut;
}

TEST(IgnoreRules, ANameMatchesAtAnyDepthAndAPathWhereItsFileLies) {
  EXPECT_TRUE(leavesOut({"build"}, "build"));
  EXPECT_TRUE(leavesOut({"build"}, "a/b/build"));
  EXPECT_FALSE(leavesOut({"build"}, "rebuild"));
  EXPECT_TRUE(leavesOut({"/build"}, "build"));
  EXPECT_FALSE(leavesOut({"/build"}, "a/build"));
  EXPECT_TRUE(leavesOut({"a/build"}, "a/build"));
  EXPECT_FALSE(leavesOut({"a/build"}, "b/a/build"));
}

TEST(IgnoreRules, ASlashAtTheEndMeansDirectories) {
  EXPECT_TRUE(leavesOut({"build/"}, "a/build", IsDirectory::yes));
  EXPECT_FALSE(leavesOut({"build/"}, "a/build"));
}

TEST(IgnoreRules, TheLastMatchDecides) {
  EXPECT_FALSE(leavesOut({"*.log", "!keep.log"}, "keep.log"));
  EXPECT_TRUE(leavesOut({"!keep.log", "*.log"}, "keep.log"));
}

TEST(IgnoreRules, StarsStayInADirectoryUnlessThereAreTwo) {
  EXPECT_TRUE(leavesOut({"a/*/c"}, "a/b/c"));
  EXPECT_FALSE(leavesOut({"a/*/c"}, "a/b/b/c"));
  for (std::string_view path : {"a/c", "a/b/c", "a/b/b/c"}) {
    EXPECT_TRUE(leavesOut({"a/**/c"}, path)) << path;
  }
  EXPECT_TRUE(leavesOut({"**/c"}, "c"));
  EXPECT_TRUE(leavesOut({"a/**"}, "a/b/c"));
  EXPECT_FALSE(leavesOut({"a/**"}, "a", IsDirectory::yes));
}

TEST(IgnoreRules, ClassesEscapesAndSpaces) {
  EXPECT_TRUE(leavesOut({"[!a-c]x"}, "dx"));
  EXPECT_FALSE(leavesOut({"[^a-c]x"}, "bx"));
  EXPECT_TRUE(leavesOut({"[]-]"}, "]"));
  EXPECT_TRUE(leavesOut({"x[[:digit:]]"}, "x7"));
  EXPECT_TRUE(leavesOut({"\\!x"}, "!x"));
  EXPECT_TRUE(leavesOut({"\\#x"}, "#x"));
  EXPECT_FALSE(leavesOut({"#x"}, "#x"));
  EXPECT_TRUE(leavesOut({"x  "}, "x"));
  EXPECT_TRUE(leavesOut({"x\\ "}, "x "));
  EXPECT_TRUE(leavesOut({"x\r"}, "x"));
}

TEST(IgnoreRules, WhatCanMatchNothingIsKnown) {
  for (std::string_view line : {"[a", "x\\", "[[:what:]]", "a[[:alpha:]"}) {
    auto pattern = IgnorePattern::parse(line);
    ASSERT_TRUE(pattern.has_value()) << line;
    EXPECT_FALSE(pattern->isSound()) << line;
  }
  for (std::string_view line : {"", "   ", "# x", "!", "/", "!/"}) {
    EXPECT_FALSE(IgnorePattern::parse(line).has_value()) << line;
  }
}

// Backtracking would need more steps than there are atoms; this needs a few million at most.
TEST(IgnoreRules, HostilePatternsAreReadInBoundedTime) {
  std::string stars;
  for (int i = 0; i < 1000; ++i) stars += "*a";
  EXPECT_FALSE(leavesOut({stars + "b"}, std::string(1023, 'a')));
  std::string nested;
  for (int i = 0; i < 300; ++i) nested += "**/?*/";
  std::string path;
  for (int i = 0; i < 500; ++i) path += "a/";
  EXPECT_FALSE(leavesOut({nested + "b"}, path + "c"));
  EXPECT_FALSE(leavesOut({std::string(1 << 20, '?')}, "a"));
  EXPECT_FALSE(leavesOut({std::string(1 << 20, '*') + "b"}, "a"));
}

TEST(IgnoreRules, AFileMayHaveAMarkForeignLineEndsAndNoLastOne) {
  IgnoreRules rules = IgnoreRules::ofFile("\xef\xbb\xbf*.a\r\n\r\n# c\r\n!b.a\n*.c");
  EXPECT_EQ(rules.judge("x.a", 0, IsDirectory::no), IgnoreRules::Verdict::leftOut);
  EXPECT_EQ(rules.judge("b.a", 0, IsDirectory::no), IgnoreRules::Verdict::reincluded);
  EXPECT_EQ(rules.judge("x.c", 0, IsDirectory::no), IgnoreRules::Verdict::leftOut);
  EXPECT_EQ(rules.judge("c", 0, IsDirectory::no), IgnoreRules::Verdict::silent);
}

TEST(IgnoreRules, DefaultsLeaveOutWhatEditorsLeaveAndNothingThatPeopleName) {
  std::vector<std::string> lines(defaultIgnorePatterns().begin(), defaultIgnorePatterns().end());
  for (std::string_view name : {".a.txt.swp", "a.txt~", "#a.txt#", ".#a.txt", ".~lock.a.odt#",
                                "~$a.docx", "~WRD0001.tmp", ".DS_Store", "Thumbs.db"}) {
    EXPECT_TRUE(leavesOut(lines, name)) << name;
  }
  for (std::string_view name : {"~", "#", "##", "#1", "a.tmp", "a.swp", ".swp", ".a", "a#", "~a"}) {
    EXPECT_FALSE(leavesOut(lines, name)) << name;
  }
  for (std::string_view line : lines) EXPECT_TRUE(IgnorePattern::parse(line)->isSound()) << line;
}

}  // namespace
}  // namespace cloudsync
