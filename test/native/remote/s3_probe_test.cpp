// What a server does is found out once, and leaves nothing behind.
#include <gtest/gtest.h>

#include <string>

#include "sim_s3_world.h"

namespace cloudsync {
namespace {

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

}  // namespace
}  // namespace cloudsync
