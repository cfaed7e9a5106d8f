#include "net/response_head.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace cloudsync {
namespace {

HttpResponse read(std::initializer_list<std::string_view> lines) {
  ResponseHead head{HttpLimits()};
  for (std::string_view line : lines) EXPECT_TRUE(head.take(line)) << line;
  return head.release();
}

TEST(ResponseHead, AFoldedLineIsNoFieldOfItsOwn) {
  HttpResponse answer = read({"HTTP/1.1 200 OK\r\n", "X-Long: a\r\n", " ETag: \"b\"\r\n",
                              "Not A Name: c\r\n", "\tLocation: d\r\n", "\r\n"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.all().size(), 1u);
  EXPECT_EQ(answer.headers.find("x-long"), "a ETag: \"b\"");
}

TEST(ResponseHead, WhatIsKeptCouldBeSentAgain) {
  HttpRequest request;
  request.url = "http://host/";
  request.headers =
      read({"HTTP/2 200 \r\n", "A : x\ry\r\n", std::string_view("B:\0z", 4), ": c\r\n"}).headers;
  EXPECT_TRUE(validate(request));
  EXPECT_EQ(request.headers.find("A"), "x y");
  EXPECT_EQ(request.headers.find("B"), "z");
}

TEST(ResponseHead, AStatusHasThreeDigits) {
  EXPECT_EQ(read({"HTTP/2 206"}).status, 206);
  for (std::string_view bad :
       {"HTTP/1.1", "HTTP/1.1 -20 x", "HTTP/1.1 2000", "HTTP/1.1 2x0", "HTTP/1.1 099 x"}) {
    EXPECT_EQ(read({bad}).status, 0) << bad;
  }
}

}  // namespace
}  // namespace cloudsync
