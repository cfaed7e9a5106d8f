// What the answers of S3 servers mean to the engine.
#include <gtest/gtest.h>

#include <string>

#include "remote/s3/faults.h"

namespace cloudsync {
namespace {

Error errorOf(int status, const std::string& code, const std::string& message = "words") {
  HttpResponse answer;
  answer.status = status;
  if (!code.empty()) {
    answer.body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>" + message +
                  "</Message></Error>";
  }
  S3Location location;
  location.bucket = "photos";
  location.region = "us-east-1";
  return s3ErrorOf(answer, location, "a/b.jpg");
}

TEST(S3Faults, TheCodeDecidesBeforeTheStatus) {
  EXPECT_EQ(errorOf(404, "NoSuchKey").kind, ErrorKind::notFound);
  EXPECT_EQ(errorOf(404, "NoSuchUpload").kind, ErrorKind::notFound);
  EXPECT_EQ(errorOf(404, "NoSuchBucket").kind, ErrorKind::remoteNotReady);
  EXPECT_EQ(errorOf(403, "InvalidAccessKeyId").kind, ErrorKind::remoteNotReady);
  EXPECT_EQ(errorOf(403, "AccessDenied").kind, ErrorKind::remoteFault);
  EXPECT_EQ(errorOf(409, "ConditionalRequestConflict").kind, ErrorKind::conflict);
  EXPECT_EQ(errorOf(400, "XAmzContentSHA256Mismatch").kind, ErrorKind::corrupt);
  EXPECT_EQ(errorOf(403, "QuotaExceeded").kind, ErrorKind::remoteFull);
  EXPECT_EQ(errorOf(400, "SlowDown").kind, ErrorKind::throttled);
}

TEST(S3Faults, AnAnswerWithoutABodyIsItsStatus) {
  EXPECT_EQ(errorOf(404, "").kind, ErrorKind::notFound);
  EXPECT_EQ(errorOf(412, "").kind, ErrorKind::conflict);
  EXPECT_EQ(errorOf(416, "").kind, ErrorKind::invalidArgument);
  EXPECT_EQ(errorOf(501, "").kind, ErrorKind::notSupported);
  EXPECT_EQ(errorOf(503, "").kind, ErrorKind::throttled);
  EXPECT_EQ(errorOf(507, "").kind, ErrorKind::remoteFull);
  EXPECT_EQ(errorOf(500, "").kind, ErrorKind::remoteFault);
}

TEST(S3Faults, AMissingBucketIsNamed) {
  Error error = errorOf(404, "NoSuchBucket");
  EXPECT_EQ(error.subject, "photos");
  EXPECT_NE(error.message.find("make it"), std::string::npos) << error.message;
}

TEST(S3Faults, AnotherRegionIsSaid) {
  Error error = errorOf(301, "PermanentRedirect");
  EXPECT_EQ(error.kind, ErrorKind::remoteNotReady);
  EXPECT_NE(error.message.find("region="), std::string::npos) << error.message;
}

TEST(S3Faults, TheServersWordsAreKept) {
  Error error = errorOf(400, "Whatever", "the moon is full");
  EXPECT_NE(error.message.find("400 Whatever (the moon is full)"), std::string::npos)
      << error.message;
  EXPECT_EQ(error.subject, "a/b.jpg");
}

}  // namespace
}  // namespace cloudsync
