#include "net/sim_transport.h"

#include <gtest/gtest.h>

#include "base/sim_scheduler.h"
#include "base/task_group.h"
#include "net/retrying_transport.h"
#include "net_fixture.h"

namespace cloudsync::test {
namespace {

HttpResponse echo(const HttpRequest& request, const std::string& body) {
  HttpResponse answer;
  answer.status = 200;
  answer.body = request.method + " " + body;
  return answer;
}

template <class T>
T runIn(SimScheduler& scheduler, Task<T> task) {
  std::optional<T> out;
  spawn(scheduler, Lane::transfer, detail::storeInto(std::move(task), out),
        [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
  scheduler.run();
  return std::move(*out);
}

class SimTest : public ::testing::Test {
 protected:
  Result<HttpResponse> perform(HttpRequest request, BodySource* upload = nullptr,
                               BodySink* download = nullptr, CancelToken cancel = CancelToken()) {
    return runIn(scheduler_, transport_.perform(std::move(request), upload, download, cancel));
  }

  SimScheduler scheduler_{1};
  SimTransport transport_{scheduler_, 1, echo, {}};
};

TEST_F(SimTest, ExchangesBodiesInVirtualTime) {
  SteadyTime before = scheduler_.clock().steadyTime();
  StringSource source("hello");
  Result<HttpResponse> response = perform(withMethod("PUT", "http://sim/x"), &source);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "PUT hello");
  Duration took = scheduler_.clock().steadyTime() - before;
  EXPECT_GE(took, 2ms);
  EXPECT_LE(took, 100ms);
}

TEST_F(SimTest, EveryFaultIsWhatItSays) {
  HttpRequest request = get("http://sim/x");
  transport_.script({SimFault::Kind::refuse});
  EXPECT_EQ(perform(request).error().kind, ErrorKind::network);
  EXPECT_EQ(transport_.requests(), 0u);

  transport_.script({SimFault::Kind::unavailable});
  Result<HttpResponse> busy = perform(request);
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(transport_.requests(), 0u);

  transport_.script({SimFault::Kind::loseAnswer});
  EXPECT_EQ(perform(request).error().kind, ErrorKind::network);
  EXPECT_EQ(transport_.requests(), 1u);

  transport_.script({SimFault::Kind::cutBody, 2});
  class Sink final : public BodySink {
   public:
    Status write(std::span<const std::uint8_t> bytes) override {
      taken.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return {};
    }
    std::string taken;
  };
  Sink sink;
  EXPECT_EQ(perform(request, nullptr, &sink).error().kind, ErrorKind::network);
  EXPECT_EQ(sink.taken, "GE");

  transport_.script({SimFault::Kind::stall});
  request.timeouts.stall = 30s;
  SteadyTime before = scheduler_.clock().steadyTime();
  EXPECT_EQ(perform(request).error().kind, ErrorKind::timeout);
  EXPECT_GE(scheduler_.clock().steadyTime() - before, 30s);
  EXPECT_TRUE(perform(request));
  EXPECT_EQ(transport_.faults(), 5u);
}

TEST_F(SimTest, ACancelledRequestIsCancelled) {
  CancelSource source;
  source.cancel();
  EXPECT_EQ(perform(get("http://sim/"), nullptr, nullptr, source.token()).error().kind,
            ErrorKind::cancelled);
}

Task<void> sendSome(HttpTransport& transport, int count, std::string& trace) {
  for (int i = 0; i < count; ++i) {
    HttpRequest request = get("http://sim/x");
    Result<HttpResponse> response = co_await transport.perform(request, nullptr, nullptr, {});
    trace +=
        response ? std::to_string(response->status) : std::string(nameOf(response.error().kind));
    trace += ' ';
  }
}

Task<int> sendMany(Scheduler& scheduler, HttpTransport& transport, std::string& trace) {
  TaskGroup group(scheduler, Lane::transfer);
  for (int i = 0; i < 10; ++i) group.add(sendSome(transport, 20, trace));
  co_await group.join();
  co_return 0;
}

std::string traceOf(std::uint64_t seed) {
  SimScheduler scheduler(seed);
  SimTransport::Options options;
  options.faultsPerThousand = 300;
  SimTransport transport(scheduler, seed, echo, options);
  std::string trace;
  runIn(scheduler, sendMany(scheduler, transport, trace));
  return trace;
}

TEST(SimTransport, TheSameSeedGivesTheSameFaults) {
  EXPECT_EQ(traceOf(3), traceOf(3));
  EXPECT_NE(traceOf(3), traceOf(4));
  for (std::string_view outcome : {"200", "503", "network", "timeout"}) {
    EXPECT_NE(traceOf(3).find(outcome), std::string::npos) << outcome;
  }
}

// --- the retrying wrapper, in virtual time ---

class RetryTest : public SimTest {
 protected:
  Result<HttpResponse> retrying(BodySink* sink = nullptr) {
    RetryingTransport transport(transport_, scheduler_, random_, {.attempts = 4}, hooks_);
    return runIn(scheduler_, transport.perform(get("http://sim/x"), nullptr, sink, {}));
  }
  struct Counting final : AttemptHooks {
    Task<Result<HttpRequest>> prepare(HttpRequest request, CancelToken) override {
      ++prepared;
      co_return request;
    }
    int prepared = 0;
  };
  Counting hooks_;
  SeededRandom random_{5};
};

TEST_F(RetryTest, TroubleThatPassesIsNotSeenByTheCaller) {
  transport_.script({SimFault::Kind::refuse});
  transport_.script({SimFault::Kind::unavailable});
  transport_.script({SimFault::Kind::stall});
  Result<HttpResponse> response = retrying();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(hooks_.prepared, 4);
}

TEST_F(RetryTest, WhatDoesNotPassIsReportedAsItWas) {
  for (int i = 0; i < 4; ++i) transport_.script({SimFault::Kind::unavailable});
  Result<HttpResponse> response = retrying();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(transport_.faults(), 4u);
}

TEST_F(RetryTest, ABodyThatHasBegunIsNotFetchedAgain) {
  transport_.script({SimFault::Kind::cutBody, 1});
  CheckingSink sink;
  EXPECT_EQ(retrying(&sink).error().kind, ErrorKind::network);
  EXPECT_EQ(sink.begun, 1);
}

struct RenewsCredentials final : AttemptHooks {
  Task<bool> repair(Trouble trouble, const HttpResponse&) override {
    EXPECT_EQ(trouble, Trouble::credentials);
    ++repaired;
    co_return true;
  }
  int repaired = 0;
};

TEST(Retrying, RefusedCredentialsAreRenewedOnce) {
  SimScheduler scheduler(1);
  SeededRandom random(1);
  int asked = 0;
  auto refuse = [&asked](const HttpRequest&, const std::string&) {
    HttpResponse answer;
    answer.status = 403;
    ++asked;
    return answer;
  };
  SimTransport inner(scheduler, 1, refuse, {});
  RenewsCredentials hooks;
  RetryingTransport transport(inner, scheduler, random, {}, hooks);
  EXPECT_EQ(runIn(scheduler, transport.perform(get("http://sim/"), nullptr, nullptr, {}))->status,
            403);
  EXPECT_EQ(hooks.repaired, 1);
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace cloudsync::test
