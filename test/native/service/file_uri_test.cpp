#include "service/file_uri.h"

#include <gtest/gtest.h>

#include <string>

#include "net/url.h"

namespace cloudsync {
namespace {

TEST(FileUri, EveryByteComesBack) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(decodePercent(encodePath(all)), all);
  EXPECT_EQ(encodePath("/a b/100%.txt"), "/a%20b/100%25.txt");
}

TEST(FileUri, TakesRawSpellings) {
  EXPECT_EQ(decodePercent("/a b/100%.txt"), "/a b/100%.txt");
  EXPECT_EQ(decodePercent("%4"), "%4");
  EXPECT_EQ(decodePercent("%zz"), "%zz");
}

TEST(FileUri, FindsThePathBelowASpace) {
  std::string prefix = uriPrefixFor("/home/me/Fotos ä", "");
  auto path = pathOfUri(prefix, uriOf(prefix, "Urlaub/1 ü.jpg"));
  ASSERT_TRUE(path);
  EXPECT_EQ(path->text(), "Urlaub/1 ü.jpg");
  EXPECT_TRUE(pathOfUri(prefix, "file:///home/me/Fotos ä/x"));
  EXPECT_FALSE(pathOfUri(prefix, "file:///home/me/Fotos äx/x"));
  EXPECT_FALSE(pathOfUri(prefix, "file:///home/me/Fotos ä"));
  EXPECT_FALSE(pathOfUri(prefix, "file:///home/me/Fotos ä/../x"));
  EXPECT_FALSE(pathOfUri(prefix, "file:///home/me/Fotos ä/.cloudsync/root"));
}

TEST(FileUri, UsesTheConfiguredPrefix) {
  std::string prefix = uriPrefixFor("/srv", "file://com.example/data/storage/el2/cloud/");
  EXPECT_EQ(uriOf(prefix, "1.txt"), "file://com.example/data/storage/el2/cloud/1.txt");
  EXPECT_EQ(pathOfUri(prefix, "file://com.example/data/storage/el2/cloud/1.txt")->text(), "1.txt");
}

}  // namespace
}  // namespace cloudsync
