#include "remote/open.h"

#include <gtest/gtest.h>

#include "base/sim_scheduler.h"
#include "fs/posix_file_system.h"
#include "net/sim_transport.h"

namespace cloudsync {
namespace {

Result<std::unique_ptr<Remote>> tryOpen(std::string_view url) {
  static_assert(!std::is_abstract_v<PosixFileSystem>);
  PosixFileSystem files;
  SimScheduler scheduler(1);
  SeededRandom random(1);
  SimTransport http(scheduler, 1,
                    [](const HttpRequest&, const std::string&) { return HttpResponse(); }, {});
  return openRemote(url, {}, {files, scheduler, scheduler.clock(), random, http});
}

TEST(OpenRemote, OpensADirectoryWithoutTouchingIt) {
  EXPECT_TRUE(tryOpen("file:///no/such/directory"));
  EXPECT_TRUE(tryOpen("FILE:///tmp"));
}

TEST(OpenRemote, NamesTheSchemesItKnows) {
  Result<std::unique_ptr<Remote>> opened = tryOpen("ftp://host/dir");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::invalidArgument);
  EXPECT_NE(opened.error().message.find("file://, s3://, webdav://, webdavs://"),
            std::string::npos);
}

TEST(OpenRemote, SaysWhatToWriteForAPlainPath) {
  Result<std::unique_ptr<Remote>> opened = tryOpen("/mnt/cloud");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("file:///mnt/cloud"), std::string::npos);
}

TEST(OpenRemote, OpensAnS3BucketWithoutTouchingIt) {
  EXPECT_TRUE(tryOpen("s3://bucket/prefix?endpoint=http://127.0.0.1:1"));
  EXPECT_FALSE(tryOpen("s3:///prefix"));
}

TEST(OpenRemote, SaysThatAStoreIsPlanned) {
  for (const char* url : {"webdav://host/", "webdavs://u:p@host/"}) {
    Result<std::unique_ptr<Remote>> opened = tryOpen(url);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::notYet);
    EXPECT_EQ(opened.error().subject.find("u:p"), std::string::npos);
  }
}

TEST(FileUrl, GivesThePathItMeans) {
  EXPECT_EQ(*pathOfFileUrl("file:///srv/cloud"), "/srv/cloud");
  EXPECT_EQ(*pathOfFileUrl("file:///srv/cloud/"), "/srv/cloud");
  EXPECT_EQ(*pathOfFileUrl("file:///"), "/");
  EXPECT_EQ(*pathOfFileUrl("file:/srv"), "/srv");
  EXPECT_EQ(*pathOfFileUrl("file://localhost/srv"), "/srv");
  EXPECT_EQ(*pathOfFileUrl("file:///a%20b/%C3%A4%3F%23%25"), "/a b/\xc3\xa4?#%");
}

TEST(FileUrl, RefusesWhatCannotBeOne) {
  for (const char* url :
       {"file://host/dir", "file:relative", "file://", "file:", "file:///a?b", "file:///a#b",
        "file:///a%", "file:///a%4", "file:///a%zz", "file:///a%00b", "s3://bucket"}) {
    Result<std::string> path = pathOfFileUrl(url);
    ASSERT_FALSE(path) << url;
    EXPECT_EQ(path.error().kind, ErrorKind::invalidArgument) << url;
  }
}

}  // namespace
}  // namespace cloudsync
