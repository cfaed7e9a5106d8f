#include "base/scope.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace cloudsync {
namespace {

std::vector<std::string> partsOf(const Scope& scope) {
  std::vector<std::string> parts;
  for (const auto& [key, extent] : scope.parts()) {
    parts.push_back(key + (extent == Scope::Extent::subtree ? "**" : ""));
  }
  return parts;
}

using Parts = std::vector<std::string>;

TEST(Scope, KeepsNoPartInsideAnother) {
  Scope scope;
  scope.addEntry("a/x");
  scope.addEntry("a/");
  scope.addEntry("a!");
  EXPECT_EQ(partsOf(scope), (Parts{"a!", "a/", "a/x"}));
  scope.addSubtree("a/");
  EXPECT_EQ(partsOf(scope), (Parts{"a!", "a/**"}));
  scope.addEntry("a/y/z");
  scope.addSubtree("a/y/");
  scope.addEntry("a/");
  EXPECT_EQ(partsOf(scope), (Parts{"a!", "a/**"}));
  scope.addEntry("a0");
  EXPECT_EQ(partsOf(scope), (Parts{"a!", "a/**", "a0"}));
}

TEST(Scope, EverythingIsTheSubtreeOfTheRoot) {
  Scope scope;
  scope.addEntry("a");
  EXPECT_FALSE(scope.isEverything());
  scope.addSubtree("");
  EXPECT_TRUE(scope.isEverything());
  EXPECT_EQ(scope, Scope::everything());
  EXPECT_TRUE(scope.holds("any/where"));
  EXPECT_FALSE(scope.empty());
}

TEST(Scope, CoarsensToTheDirectoriesAbove) {
  Scope scope;
  for (const char* key : {"a/1", "a/2", "a/b/3", "c/4"}) scope.addEntry(key);
  scope.coarsen(4);
  EXPECT_EQ(scope.parts().size(), 4u);
  scope.coarsen(3);
  EXPECT_EQ(partsOf(scope), (Parts{"a/**", "c/**"}));
  scope.coarsen(1);
  EXPECT_TRUE(scope.isEverything());
}

TEST(Scope, ParentsOfKeys) {
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

RC_GTEST_PROP(Scope, HoldsWhatWasAddedAndNothingElse, ()) {
  const std::vector<std::string> keys = universe();
  Scope scope;
  std::set<std::string> model;
  const auto picks =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, keys.size()));
  for (std::size_t pick : picks) {
    const std::string& key = keys[pick];
    const bool subtree = key.ends_with('/') && *rc::gen::arbitrary<bool>();
    if (!subtree) scope.addEntry(key);
    if (subtree) scope.addSubtree(key);
    for (const std::string& each : keys) {
      if (each == key || (subtree && each.starts_with(key))) model.insert(each);
    }
  }
  for (const std::string& each : keys) RC_ASSERT(scope.holds(each) == model.contains(each));
  Scope joined;
  joined.join(scope);
  RC_ASSERT(joined == scope);
  scope.coarsen(2);
  RC_ASSERT(scope.parts().size() <= 2u);
  for (const std::string& each : model) RC_ASSERT(scope.holds(each));
}

}  // namespace
}  // namespace cloudsync
