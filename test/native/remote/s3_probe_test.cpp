// What a server does is found out once, and leaves nothing behind.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/task_group.h"
#include "sim_s3_world.h"

namespace cloudsync {
namespace {

using namespace std::chrono_literals;

HttpResponse answerOf(int status, std::string body) {
  HttpResponse answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

class S3Probe : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(OfAServer, S3Probe, testing::Bool(), [](const auto& checks) {
  return std::string(checks.param ? "thatChecksContent" : "thatChecksNothing");
});

TEST_P(S3Probe, LearnsWhetherContentIsChecked) {
  for (int kind = 0; kind < 8; ++kind) {
    SCOPED_TRACE(kind);
    SimS3::Options options;
    options.checksContent = GetParam();
    options.versioned = (kind & 1) != 0;
    options.conditions = (kind & 2) != 0;
    options.bareIfMatch = (kind & 4) != 0;
    SimS3World world(options);
    RemoteUser user(world);
    EXPECT_EQ(user.remote().features().verifiesContent, GetParam());
    EXPECT_EQ(user.remote().features().conditionalWrites, options.conditions);
    EXPECT_EQ(world.server().versions(), 0u);
    WriteRequest request = user.requestFor("announced");
    EXPECT_EQ(outcome(user.writeAs("x", "different", request)), GetParam() ? "corrupt" : "ok");
  }
}

TEST_P(S3Probe, IsNotMisledByAnswersThatFail) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SimS3::Options options;
    options.checksContent = GetParam();
    SimS3World world(options, seed);
    SeededRandom random(seed);
    for (int i = 0; i < 14; ++i) {
      bool fails = random.next() % 4 == 0;
      world.http().script({fails ? SimFault::Kind::unavailable : SimFault::Kind::none});
    }
    RemoteUser user(world);
    EXPECT_TRUE(GetParam() || !user.remote().features().verifiesContent) << seed;
    EXPECT_EQ(world.server().versions(), 0u) << seed;
  }
}

TEST(S3Unchecked, NothingIsTakenForGranted) {
  SimS3World world;
  world.instead = [&world](const HttpRequest&) {
    world.next = answerOf(404, "<Error><Code>NoSuchBucket</Code></Error>");
    return true;
  };
  RemoteUser user(world);
  EXPECT_FALSE(user.remote().features().verifiesContent);
  EXPECT_FALSE(user.remote().features().conditionalWrites);
}

struct Ended {
  std::string outcome;
  SteadyTime when{};
};

Task<void> write(Scheduler& scheduler, Remote& remote, std::string path, WriteRequest request,
                 CancelToken cancel, Ended& out) {
  TextSource source("text");
  Task<Result<ObjectInfo>> writing = remote.write(at(path), source, request, cancel);
  Result<ObjectInfo> written = co_await writing;
  out = {outcome(written), scheduler.clock().steadyTime()};
}

Task<void> writeTwo(Scheduler& scheduler, RemoteUser& user, Ended& patient, Ended& hasty,
                    SteadyTime& cancelledAt) {
  CancelSource source;
  TaskGroup group(scheduler);
  group.add(write(scheduler, user.remote(), "a", user.requestFor("text"), CancelToken(), patient));
  co_await scheduler.sleep(1s, CancelToken());
  group.add(write(scheduler, user.remote(), "b", user.requestFor("text"), source.token(), hasty));
  co_await scheduler.sleep(1s, CancelToken());
  cancelledAt = scheduler.clock().steadyTime();
  source.cancel();
  co_await group.join();
}

TEST(S3Unchecked, WaitingForWhatAnotherCallFindsOutCanBeCancelled) {
  SimS3World world;
  world.instead = [&world](const HttpRequest&) {
    world.next = answerOf(404, "<Error><Code>NoSuchBucket</Code></Error>");
    return true;
  };
  RemoteUser user(world);
  world.instead = nullptr;
  world.http().script({SimFault::Kind::stall});
  Ended patient;
  Ended hasty;
  SteadyTime cancelledAt{};
  world.run(writeTwo(world.scheduler(), user, patient, hasty, cancelledAt));
  EXPECT_EQ(hasty.outcome, "cancelled");
  EXPECT_LE(hasty.when - cancelledAt, 100ms);
  EXPECT_EQ(patient.outcome, "ok");
  EXPECT_GT(patient.when - cancelledAt, 10s);
  EXPECT_EQ(*user.keys(), std::vector<std::string>{"a"});
}

TEST(S3Limits, ThePrefixLeavesLessRoomForPaths) {
  SimS3World world;
  RemoteUser user(world);
  const std::string prefix = "some/prefix/";
  EXPECT_EQ(user.remote().features().longestPath, 1024 - prefix.size());
  std::string path = std::string(250, 'a') + "/" + std::string(250, 'b') + "/" +
                     std::string(250, 'c') + "/" + std::string(250, 'd') + "/12345678";
  EXPECT_TRUE(canCarry(user.remote().features(), path));
  EXPECT_FALSE(canCarry(user.remote().features(), path + "9"));
  ASSERT_EQ(outcome(user.write(path, "content")), "ok");
  EXPECT_EQ(world.server().keys().at(0).size(), 1024u);
}

}  // namespace
}  // namespace cloudsync
