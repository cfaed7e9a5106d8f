#include "base/key_set.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace cloudsync {
namespace {

std::vector<std::string> partsOf(const KeySet& set) {
  std::vector<std::string> parts;
  for (const auto& [key, extent] : set.parts()) {
    parts.push_back(key + (extent == KeySet::Extent::subtree ? "**" : ""));
  }
  return parts;
}

using Parts = std::vector<std::string>;

TEST(KeySet, KeepsNoPartInsideAnother) {
  KeySet set;
  set.addEntry("a/x");
  set.addEntry("a/");
  set.addEntry("a!");
  EXPECT_EQ(partsOf(set), (Parts{"a!", "a/", "a/x"}));
  set.addSubtree("a/");
  EXPECT_EQ(partsOf(set), (Parts{"a!", "a/**"}));
  set.addEntry("a/y/z");
  set.addSubtree("a/y/");
  set.addEntry("a/");
  EXPECT_EQ(partsOf(set), (Parts{"a!", "a/**"}));
  set.addEntry("a0");
  EXPECT_EQ(partsOf(set), (Parts{"a!", "a/**", "a0"}));
}

TEST(KeySet, EverythingIsTheSubtreeOfTheRoot) {
  KeySet set;
  set.addEntry("a");
  EXPECT_FALSE(set.isEverything());
  set.addSubtree("");
  EXPECT_TRUE(set.isEverything());
  EXPECT_EQ(set, KeySet::everything());
  EXPECT_TRUE(set.holds("any/where"));
  EXPECT_FALSE(set.empty());
}

TEST(KeySet, CoarsensToTheDirectoriesAbove) {
  KeySet set;
  for (const char* key : {"a/1", "a/2", "a/b/3", "c/4"}) set.addEntry(key);
  set.coarsen(4);
  EXPECT_EQ(set.parts().size(), 4u);
  set.coarsen(3);
  EXPECT_EQ(partsOf(set), (Parts{"a/**", "c/**"}));
  set.coarsen(1);
  EXPECT_TRUE(set.isEverything());
}

TEST(KeySet, ParentsOfKeys) {
  EXPECT_EQ(parentKey("a/b/c"), "a/b/");
  EXPECT_EQ(parentKey("a/b/"), "a/");
  EXPECT_EQ(parentKey("a/"), "");
  EXPECT_EQ(parentKey("a"), "");
}

// Every path of up to three components out of two names, as a file and as a directory.
std::vector<std::string> universe() {
  std::vector<std::string> keys;
  std::vector<std::string> level = {""};
  for (int depth = 0; depth < 3; ++depth) {
    std::vector<std::string> next;
    for (const std::string& above : level) {
      for (const char* name : {"a", "a!", "b"}) {
        keys.push_back(above + name);
        keys.push_back(above + name + "/");
        next.push_back(above + name + "/");
      }
    }
    level = next;
  }
  return keys;
}

RC_GTEST_PROP(KeySet, HoldsWhatWasAddedAndNothingElse, ()) {
  const std::vector<std::string> keys = universe();
  KeySet set;
  std::set<std::string> model;
  const auto picks =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, keys.size()));
  for (std::size_t pick : picks) {
    const std::string& key = keys[pick];
    const bool subtree = key.ends_with('/') && *rc::gen::arbitrary<bool>();
    if (!subtree) set.addEntry(key);
    if (subtree) set.addSubtree(key);
    for (const std::string& each : keys) {
      if (each == key || (subtree && each.starts_with(key))) model.insert(each);
    }
  }
  for (const std::string& each : keys) RC_ASSERT(set.holds(each) == model.contains(each));
  KeySet joined;
  joined.join(set);
  RC_ASSERT(joined == set);
  set.coarsen(2);
  RC_ASSERT(set.parts().size() <= 2u);
  for (const std::string& each : model) RC_ASSERT(set.holds(each));
}

}  // namespace
}  // namespace cloudsync
