#include "net/paced_transport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "net/sim_transport.h"
#include "net_fixture.h"

namespace cloudsync::test {
namespace {

using Answer = HostPace::Answer;

TEST(HostPace, GrowsByOneForEachRoundThatFillsIt) {
  HostPace pace({.first = 2, .least = 1, .most = 4});
  for (int round = 0; round < 2; ++round) {
    while (pace.hasRoom()) pace.begin();
    while (pace.active() > 0) pace.ended(0, Answer::good);
  }
  EXPECT_GT(pace.window(), 3.5);
  for (int more = 0; more < 100; ++more) {
    while (pace.hasRoom()) pace.begin();
    while (pace.active() > 0) pace.ended(0, Answer::good);
  }
  EXPECT_EQ(pace.window(), 4);
}

TEST(HostPace, StaysWhereItIsWhileNobodyNeedsMore) {
  HostPace pace({.first = 8, .least = 1, .most = 64});
  for (int i = 0; i < 1000; ++i) pace.ended(pace.begin(), Answer::good);
  EXPECT_EQ(pace.window(), 8);
}

TEST(HostPace, HalvesOnceForAllThatWasUnderWay) {
  HostPace pace({.first = 16, .least = 3, .most = 64});
  std::vector<HostPace::Round> begun;
  while (pace.hasRoom()) begun.push_back(pace.begin());
  ASSERT_EQ(begun.size(), 16u);
  for (HostPace::Round round : begun) pace.ended(round, Answer::overloaded);
  EXPECT_EQ(pace.window(), 8);
  pace.ended(pace.begin(), Answer::other);
  EXPECT_EQ(pace.window(), 8);
  for (int i = 0; i < 5; ++i) pace.ended(pace.begin(), Answer::overloaded);
  EXPECT_EQ(pace.window(), 3);
}

class PacedTest : public ::testing::Test {
 protected:
  struct Call {
    CancelSource cancel;
    std::optional<Result<HttpResponse>> outcome;
  };

  Call& begin(const std::string& url, Lane lane = Lane::transfer) {
    Call& call = *calls_.emplace_back(std::make_unique<Call>());
    spawn(scheduler_, lane, perform(url, call), [](std::exception_ptr) {});
    return call;
  }
  Task<void> perform(std::string url, Call& call) {
    HttpRequest request = get(url);
    Task<Result<HttpResponse>> sending =
        paced_.perform(std::move(request), nullptr, nullptr, call.cancel.token());
    call.outcome = co_await sending;
  }

  SimScheduler scheduler_{1};
  std::vector<std::string> seen_;
  int status_ = 200;
  SimTransport server_{scheduler_,
                       1,
                       [this](const HttpRequest& request, const std::string&) {
                         seen_.push_back(request.url);
                         HttpResponse answer;
                         answer.status = status_;
                         return answer;
                       },
                       {}};
  PacedTransport paced_{server_, scheduler_, {.first = 1, .least = 1, .most = 1}};
  std::vector<std::unique_ptr<Call>> calls_;
};

TEST_F(PacedTest, EverybodysTurnComes) {
  for (int i = 0; i < 50; ++i) begin("http://a/" + std::to_string(i));
  for (int i = 0; i < 50; ++i) begin("http://b:81/" + std::to_string(i));
  scheduler_.run();
  EXPECT_EQ(seen_.size(), 100u);
  for (const auto& call : calls_) EXPECT_TRUE(call->outcome && call->outcome->ok());
}

TEST_F(PacedTest, WhatAPersonWaitsForGoesFirst) {
  begin("http://a/first");
  while (server_.requests() == 0) scheduler_.step();
  for (int i = 0; i < 5; ++i) begin("http://a/sync");
  for (int i = 0; i < 8; ++i) scheduler_.step();
  begin("http://a/person", Lane::awaited);
  scheduler_.run();
  ASSERT_EQ(seen_.size(), 7u);
  EXPECT_LE(std::find(seen_.begin(), seen_.end(), "http://a/person") - seen_.begin(), 2);
}

TEST_F(PacedTest, WhoIsCancelledLeavesTheQueueAndTheOthersStay) {
  begin("http://a/first");
  while (server_.requests() == 0) scheduler_.step();
  Call& gone = begin("http://a/gone");
  Call& after = begin("http://a/after");
  for (int i = 0; i < 4; ++i) scheduler_.step();
  gone.cancel.cancel();
  scheduler_.run();
  ASSERT_TRUE(gone.outcome);
  EXPECT_EQ(gone.outcome->error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(after.outcome && after.outcome->ok());
  EXPECT_EQ(std::count(seen_.begin(), seen_.end(), "http://a/gone"), 0);
  // The turn is free again.
  Call& last = begin("http://a/last");
  scheduler_.run();
  EXPECT_TRUE(last.outcome && last.outcome->ok());
}

// How many requests are at the server at the same time.
class Crowd final : public HttpTransport {
 public:
  explicit Crowd(HttpTransport& inner) : inner_(inner) {}
  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override {
    most = std::max(most, ++now_);
    Task<Result<HttpResponse>> sending =
        inner_.perform(std::move(request), upload, download, std::move(cancel));
    Result<HttpResponse> outcome = co_await sending;
    --now_;
    co_return outcome;
  }
  std::size_t most = 0;

 private:
  HttpTransport& inner_;
  std::size_t now_ = 0;
};

TEST_F(PacedTest, AHostThatIsOverloadedGetsLess) {
  Crowd crowd{server_};
  PacedTransport wide{crowd, scheduler_, {.first = 8, .least = 1, .most = 8}};
  auto mostOf = [&](int requests) {
    crowd.most = 0;
    std::vector<std::optional<Result<HttpResponse>>> outcomes(static_cast<std::size_t>(requests));
    for (auto& outcome : outcomes) {
      spawn(scheduler_, Lane::transfer,
            detail::storeInto(wide.perform(get("http://a/x"), nullptr, nullptr, CancelToken()),
                              outcome),
            [](std::exception_ptr) {});
    }
    scheduler_.run();
    return crowd.most;
  };
  EXPECT_EQ(mostOf(32), 8u);
  status_ = 503;
  mostOf(32);
  status_ = 200;
  std::size_t careful = mostOf(4);
  EXPECT_LT(careful, 4u);
  mostOf(200);
  EXPECT_GT(mostOf(32), careful);
}

}  // namespace
}  // namespace cloudsync::test
