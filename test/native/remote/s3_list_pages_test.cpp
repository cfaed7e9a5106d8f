// Which pages of a listing are believed.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "remote/s3/list_pages.h"

namespace cloudsync {
namespace {

S3Page pageOf(const std::vector<std::string>& keys, bool truncated = false) {
  S3Page page;
  for (const std::string& key : keys) page.objects.push_back(S3Object{key, 1, "e", 0});
  page.truncated = truncated;
  return page;
}

TEST(S3ListPages, OrderedPagesAreBelieved) {
  EXPECT_TRUE(checkPage(pageOf({}), {"p/", ""}).ok());
  EXPECT_TRUE(checkPage(pageOf({"p/a", "p/b"}, true), {"p/", ""}).ok());
  EXPECT_TRUE(checkPage(pageOf({"p/b"}), {"p/", "p/a"}).ok());
}

TEST(S3ListPages, LiesAreNamed) {
  struct Lie {
    S3Page page;
    std::string after;
    std::string named;
  };
  for (const Lie& lie :
       {Lie{pageOf({"p/b", "p/a"}), "", "out of order"}, Lie{pageOf({"p/a", "p/a"}), "", "twice"},
        Lie{pageOf({"p/a", "p/b"}), "p/b", "out of order"}, Lie{pageOf({"p/b"}), "p/b", "twice"},
        Lie{pageOf({"q/a"}), "", "outside of the prefix"},
        Lie{pageOf({}, true), "p/a", "says that more follow"}}) {
    Status believed = checkPage(lie.page, {"p/", lie.after});
    ASSERT_FALSE(believed.ok()) << lie.named;
    EXPECT_EQ(believed.error().kind, ErrorKind::remoteFault);
    EXPECT_NE(believed.error().message.find(lie.named), std::string::npos)
        << believed.error().message;
    EXPECT_NE(believed.error().message.find("nothing is deleted"), std::string::npos);
  }
}

TEST(S3ListPages, DirectoriesThatNobodyAskedForAreALie) {
  S3Page page = pageOf({"p/a"});
  page.commonPrefixes.push_back("p/b/");
  EXPECT_FALSE(checkPage(page, {"p/", ""}).ok());
  EXPECT_TRUE(checkPage(page, {"p/", "", 1000, Depth::oneLevel}).ok());
}

}  // namespace
}  // namespace cloudsync
