// What stands beside the content of an S3 object.
#include <gtest/gtest.h>

#include <string>

#include "remote/s3/metadata.h"

namespace cloudsync {
namespace {

HttpResponse answerWith(const HttpHeaders& headers) {
  HttpResponse answer;
  answer.status = 200;
  answer.headers = headers;
  answer.headers.add("ETag", "\"abc\"");
  answer.headers.add("Content-Length", "5");
  return answer;
}

TEST(S3Metadata, WhatIsWrittenReadsBack) {
  for (Nanoseconds time :
       {Nanoseconds{0}, Nanoseconds{1}, Nanoseconds{-1}, Nanoseconds{1'600'000'000'123'000'000},
        Nanoseconds{-1'500'000'000}, Nanoseconds{253'402'300'799'999'999}}) {
    WriteRequest request;
    request.size = 5;
    request.sha256.bytes[3] = 7;
    request.modifyTime = time;
    request.nonce = "device 7, \xc3\xa4 %2F";
    Result<ObjectInfo> info = objectInfoOf(answerWith(metadataOf(request)), "x");
    ASSERT_TRUE(info.ok());
    EXPECT_EQ(info->modifyTime, time);
    EXPECT_EQ(info->sha256, request.sha256);
    EXPECT_EQ(info->nonce, request.nonce);
    EXPECT_EQ(info->version.text, "abc");
    EXPECT_EQ(info->size, 5u);
  }
}

TEST(S3Metadata, TimesAreWrittenAsRcloneWritesThem) {
  WriteRequest request;
  request.modifyTime = 1'600'000'000'120'000'000;
  EXPECT_EQ(*metadataOf(request).find("x-amz-meta-mtime"), "1600000000.12");
  request.modifyTime = 1'600'000'000'000'000'000;
  EXPECT_EQ(*metadataOf(request).find("x-amz-meta-mtime"), "1600000000");
}

TEST(S3Metadata, ForeignObjectsHaveTheTimeOfTheirUpload) {
  HttpHeaders headers;
  headers.add("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const char* odd : {"", "soon", "1.2.3", "1.", "1e9", "99999999999999999999", "1.x"}) {
    HttpHeaders told = headers;
    told.add("x-amz-meta-mtime", odd);
    Result<ObjectInfo> info = objectInfoOf(answerWith(told), "x");
    ASSERT_TRUE(info.ok());
    EXPECT_EQ(info->modifyTime, 784'111'777'000'000'000) << odd;
    EXPECT_FALSE(info->sha256.has_value());
    EXPECT_EQ(info->nonce, "");
  }
}

TEST(S3Metadata, ARangeTellsTheSizeOfTheWhole) {
  HttpResponse answer = answerWith({});
  answer.status = 206;
  answer.headers.add("Content-Range", "bytes 10-14/4000");
  EXPECT_EQ(objectInfoOf(answer, "x")->size, 4000u);
}

TEST(S3Metadata, AnAnswerWithoutTheFactsIsAFault) {
  HttpResponse answer;
  answer.headers.add("Content-Length", "5");
  EXPECT_EQ(objectInfoOf(answer, "x").error().kind, ErrorKind::remoteFault);
  answer.headers.set("ETag", "\"e\"");
  answer.headers.set("Content-Length", "five");
  EXPECT_EQ(objectInfoOf(answer, "x").error().kind, ErrorKind::remoteFault);
}

}  // namespace
}  // namespace cloudsync
