// What a listing of S3 objects is as entries of a tree.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "remote/s3/entries.h"

namespace cloudsync {
namespace {

// "KIND key" of each, in order; F file, D directory, B bad name.
std::vector<std::string> entriesOf(const std::vector<std::string>& keys, std::string prefix = "") {
  S3Entries entries(std::move(prefix), "");
  RemoteBatch batch;
  for (const std::string& key : keys) entries.add(S3Object{key, 1, "e", 0}, batch);
  std::vector<std::string> shown;
  for (const Entry<RemoteFacts>& entry : batch.entries()) {
    const char* kind = entry.kind == EntryKind::file        ? "F "
                       : entry.kind == EntryKind::directory ? "D "
                       : entry.kind == EntryKind::badName   ? "B "
                                                            : "? ";
    shown.push_back(kind + std::string(entry.key));
  }
  return shown;
}

using Shown = std::vector<std::string>;

TEST(S3Entries, DirectoriesComeBeforeWhatMakesThem) {
  EXPECT_EQ(entriesOf({"a!", "a/b/c", "a/b/d", "a/x", "a0", "e/"}),
            (Shown{"F a!", "D a/", "D a/b/", "F a/b/c", "F a/b/d", "F a/x", "F a0", "D e/"}));
}

TEST(S3Entries, MarkersAreTheirDirectories) {
  EXPECT_EQ(entriesOf({"a/", "a/b/", "a/b/c"}), (Shown{"D a/", "D a/b/", "F a/b/c"}));
}

TEST(S3Entries, ThePrefixIsTakenOff) {
  EXPECT_EQ(entriesOf({"p/q/", "p/q/a/x", "p/q/b"}, "p/q/"), (Shown{"D a/", "F a/x", "F b"}));
}

TEST(S3Entries, OurOwnNameIsNotShown) {
  EXPECT_EQ(entriesOf({".cloudsync/root", ".cloudsync/trash/x", ".cloudsync2", "a"}),
            (Shown{"F .cloudsync2", "F a"}));
}

TEST(S3Entries, KeysThatAreNoPathsAreSetAside) {
  EXPECT_EQ(entriesOf({"../x", "./y", "/z", "a//b", "a/c"}),
            (Shown{"B ../x", "B ./y", "B /z", "D a/", "B a//b", "F a/c"}));
  std::string longName(256, 'n');
  EXPECT_EQ(entriesOf({longName, longName + "/x"}),
            (Shown{"B " + longName, "B " + longName + "/x"}));
}

TEST(S3Entries, WhatLiesBelowAnObjectIsOutOfSight) {
  EXPECT_EQ(entriesOf({"a", "a!", "a.txt", "a/x", "a/y/z", "a0", "b"}),
            (Shown{"F a", "F a!", "F a.txt", "B a/", "F a0", "F b"}));
  EXPECT_EQ(entriesOf({"d/a", "d/a/", "d/a/x", "d/b"}),
            (Shown{"D d/", "F d/a", "B d/a/", "F d/b"}));
}

TEST(S3Entries, ALongerNameIsNotTakenForAChild) {
  EXPECT_EQ(entriesOf({"a", "ab", "ab/c", "abc/d"}),
            (Shown{"F a", "F ab", "B ab/", "D abc/", "F abc/d"}));
}

TEST(S3Entries, AHoleComesBehindTheDirectoriesAboveIt) {
  S3Entries entries("p/", "");
  RemoteBatch batch;
  entries.add(S3Object{"p/a/x", 1, "e", 0}, batch);
  entries.addHole("p/b/c/", "p/b/d/", batch);
  entries.add(S3Object{"p/b/d/y", 1, "e", 0}, batch);
  entries.addHole("p/b/d/y", "", batch);
  Shown keys;
  for (const Entry<RemoteFacts>& entry : batch.entries()) keys.emplace_back(entry.key);
  const std::string nul(1, '\0');
  EXPECT_EQ(keys, (Shown{"a/", "a/x", "b/", "b/c/", "b/c/" + nul, "b/d/", "b/d/y", "b/d/y" + nul}));
  EXPECT_EQ(batch.entries()[4].kind, EntryKind::unknown);
  EXPECT_EQ(batch.entries()[4].unknownEnd, "b/d/");
  EXPECT_EQ(batch.entries()[7].kind, EntryKind::unknown);
  EXPECT_EQ(batch.entries()[7].unknownEnd, "");
}

TEST(S3Entries, KeysStayInOrder) {
  Shown shown = entriesOf({"a", "a b/c", "a-b/c", "a/b", "a/c/d", "aa/b", "b//c", "b/d"});
  std::vector<std::string> keys;
  for (const std::string& entry : shown) keys.push_back(entry.substr(2));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

}  // namespace
}  // namespace cloudsync
