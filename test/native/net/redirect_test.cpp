#include "net/redirect.h"

#include <gtest/gtest.h>

#include "net_fixture.h"
#include "test_server.h"

namespace cloudsync::test {
namespace {

HttpRequest signedRequest(std::string method, std::string url) {
  HttpRequest request = withMethod(std::move(method), std::move(url));
  for (std::string name :
       {"Authorization", "Cookie", "x-amz-security-token", "X-Custom", "Range"}) {
    request.headers.add(name, "value");
  }
  return request;
}

HttpResponse redirectTo(int status, std::string location) {
  HttpResponse answer;
  answer.status = status;
  answer.headers.add("location", std::move(location));
  return answer;
}

TEST(Redirect, CredentialsStayWithTheirOrigin) {
  HttpRequest request = signedRequest("GET", "https://a.example/x");
  for (std::string elsewhere : {"https://b.example/x", "https://a.example:444/x",
                                "https://a.example.evil/x", "//b.example/x"}) {
    auto next = nextHop(request, redirectTo(307, elsewhere), 0, Upload::no);
    ASSERT_TRUE(next) << elsewhere;
    ASSERT_TRUE(next->has_value());
    const HttpHeaders& headers = (*next)->headers;
    EXPECT_FALSE(headers.find("Authorization"));
    EXPECT_FALSE(headers.find("Cookie"));
    EXPECT_FALSE(headers.find("X-Amz-Security-Token"));
    EXPECT_FALSE(headers.find("X-Custom"));
    EXPECT_TRUE(headers.find("Range"));
  }
  auto same = nextHop(request, redirectTo(307, "HTTPS://A.EXAMPLE:443/y"), 0, Upload::no);
  EXPECT_TRUE((*same)->headers.find("Authorization"));
}

TEST(Redirect, NeverFromHttpsToHttpNorAwayFromHttp) {
  HttpRequest request = signedRequest("GET", "https://a.example/x");
  for (std::string bad : {"http://a.example/x", "file:///etc/passwd", "ftp://a.example/",
                          "https://user:secret@a.example/"}) {
    auto next = nextHop(request, redirectTo(302, bad), 0, Upload::no);
    ASSERT_FALSE(next) << bad;
    EXPECT_EQ(next.error().kind, ErrorKind::remoteFault);
    EXPECT_EQ(next.error().message.find("secret"), std::string::npos);
  }
}

TEST(Redirect, AnUploadGoesNowhereElse) {
  HttpRequest request = signedRequest("PUT", "https://a.example/x");
  EXPECT_FALSE(nextHop(request, redirectTo(307, "https://b.example/x"), 0, Upload::yes));
  auto same = nextHop(request, redirectTo(307, "/y"), 0, Upload::yes);
  ASSERT_TRUE(same && same->has_value());
  EXPECT_EQ((*same)->method, "PUT");
}

TEST(Redirect, OtherMethodsAreNotTurnedIntoGetBehindTheCallersBack) {
  HttpRequest request = signedRequest("POST", "https://a.example/x");
  EXPECT_FALSE(nextHop(request, redirectTo(301, "/y"), 0, Upload::yes)->has_value());
  EXPECT_FALSE(nextHop(request, redirectTo(302, "/y"), 0, Upload::yes)->has_value());
  EXPECT_EQ((*nextHop(request, redirectTo(303, "/y"), 0, Upload::yes))->method, "GET");
}

TEST(Redirect, AnswersThatLeadNowhereAreFinal) {
  HttpRequest request = signedRequest("GET", "https://a.example/x");
  EXPECT_FALSE(nextHop(request, redirectTo(200, "/y"), 0, Upload::no)->has_value());
  EXPECT_FALSE(nextHop(request, redirectTo(304, "/y"), 0, Upload::no)->has_value());
  HttpResponse nowhere;
  nowhere.status = 301;  // as S3 answers in the wrong region
  EXPECT_FALSE(nextHop(request, nowhere, 0, Upload::no)->has_value());
}

TEST_F(NetTest, RedirectsAreReturnedUnlessTheyAreAskedFor) {
  TestServer server([](Peer& peer, const Received&) {
    return peer.write(answer(302, "", "Location: /elsewhere\r\n"));
  });
  Result<HttpResponse> response = perform(get(server.url("/")));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(NetTest, ThreeRedirectsAreFollowedAndALoopEnds) {
  std::string lastHead;
  TestServer other([&lastHead](Peer& peer, const Received& received) {
    lastHead = received.head;
    return peer.write(answer(200, "there"));
  });
  TestServer server([&other](Peer& peer, const Received& received) {
    std::string location = received.target == "/loop" ? "/loop" : other.url("/target");
    if (received.target == "/1") location = "/2";
    if (received.target == "/2") location = "/3";
    return peer.write(answer(307, "moved", "Location: " + location + "\r\n"));
  });
  RedirectingTransport following(*transport_);
  auto follow = [this, &following](HttpRequest request, BodySink* sink) {
    return blockOn(scheduler_, Lane::transfer,
                   following.perform(std::move(request), nullptr, sink, CancelToken()));
  };
  Result<HttpResponse> response = follow(signedRequest("GET", server.url("/1")), nullptr);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "there");
  EXPECT_EQ(lastHead.find("Authorization"), std::string::npos);
  EXPECT_EQ(lastHead.find("amz"), std::string::npos);
  EXPECT_EQ(follow(get(server.url("/loop")), nullptr).error().kind, ErrorKind::remoteFault);
  EXPECT_EQ(server.requests(), 3 + 4);
}

TEST_F(NetTest, AnUploadIsSentAgainToWhereItsOwnServerSends) {
  std::string stored;
  TestServer server([&stored](Peer& peer, const Received& received) {
    std::string body;
    if (!peer.readBody(received.contentLength(), body)) return false;
    if (received.target == "/old") return peer.write(answer(308, "", "Location: /new\r\n"));
    stored = body;
    return peer.write(answer(200, ""));
  });
  RedirectingTransport following(*transport_);
  PatternSource source(1 << 20);
  Result<HttpResponse> response =
      blockOn(scheduler_, Lane::transfer,
              following.perform(withMethod("PUT", server.url("/old")), &source, nullptr, {}));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(stored, pattern(0, 1 << 20));
}

}  // namespace
}  // namespace cloudsync::test
