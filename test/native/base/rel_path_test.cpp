#include "base/rel_path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cloudsync {
namespace {

TEST(RelPath, RefusesWhatCouldLeaveTheRoot) {
  for (const char* text : {"..", "../a", "a/..", "a/../b", ".", "a/./b", "/a", "a/", "a//b"}) {
    EXPECT_FALSE(RelPath::parse(text).ok()) << text;
  }
}

TEST(RelPath, TakesEveryOtherByte) {
  for (std::string text : {std::string("a\nb"), std::string("\xff\xfe"), std::string("-rf"),
                           std::string("a\\..\\b"), std::string(255, 'x')}) {
    auto path = RelPath::parse(text);
    ASSERT_TRUE(path.ok()) << text;
    EXPECT_EQ(path->text(), text);
  }
}

TEST(RelPath, RefusesNulAndWhatIsTooLong) {
  EXPECT_EQ(faultOf(std::string_view("a\0b", 3)), NameFault::nul);
  EXPECT_EQ(faultOf(std::string(256, 'x')), NameFault::longComponent);
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "a/";
  EXPECT_EQ(faultOf(deep), NameFault::longPath);
}

TEST(RelPath, KeepsTheReservedNameForTheEngine) {
  EXPECT_EQ(faultOf(".cloudsync"), NameFault::reserved);
  EXPECT_EQ(faultOf(".cloudsync/tmp/x"), NameFault::reserved);
  EXPECT_EQ(faultOf("a/.cloudsync"), NameFault::none);
  EXPECT_TRUE(RelPath::parse(".cloudsync/tmp/x").ok());
}

TEST(RelPath, KnowsParentsAndChildren) {
  RelPath path = RelPath::trusted("a/b/c");
  EXPECT_EQ(path.name(), "c");
  EXPECT_EQ(path.parent().text(), "a/b");
  EXPECT_EQ(RelPath().parent().text(), "");
  EXPECT_EQ(RelPath().child("a").text(), "a");
  EXPECT_TRUE(RelPath::trusted("a/b").contains(path));
  EXPECT_FALSE(RelPath::trusted("a/bc").contains(RelPath::trusted("a/b")));
}

TEST(EntryKey, SortsAsObjectStoresList) {
  std::vector<std::string> keys = {"a!", "a-b", "a.txt", "a/", "a/x", "a0"};
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(endOfSubtree("a/"), "a0");
}

TEST(Utf8, TellsGoodFromBad) {
  EXPECT_TRUE(isValidUtf8("plain"));
  EXPECT_TRUE(isValidUtf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  for (const char* bad : {"\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xc3", "\xe2\x82"}) {
    EXPECT_FALSE(isValidUtf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace cloudsync
