// S3 when things go wrong in between: answers that are lost, late, half or untrue.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "sim_s3_world.h"

namespace cloudsync {
namespace {

using Kind = SimFault::Kind;

class S3Fault : public testing::Test {
 protected:
  SimS3World world;
  RemoteUser user{world};

  UploadId begun(const std::string& text, WriteRequest& request, PartReceipt& part) {
    request = user.requestFor(text);
    UploadId upload = *user.beginUpload("big", request);
    part = *user.uploadPart("big", upload, 1, {0, text.size()}, text);
    return upload;
  }
};

bool isList(const HttpRequest& request) {
  return request.url.find("list-type=2") != std::string::npos;
}

HttpResponse answerOf(int status, std::string body) {
  HttpResponse answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

TEST_F(S3Fault, AWriteWhoseAnswerWasLostIsFoundByItsNonce) {
  world.http().script({Kind::loseAnswer});
  EXPECT_EQ(outcome(user.write("x", "text", Precondition::absent())), "ok");
  ObjectVersion version = user.stat("x")->version;
  world.http().script({Kind::loseAnswer});
  EXPECT_EQ(outcome(user.write("x", "other", Precondition::matches(version))), "ok");
  EXPECT_EQ(*user.read("x"), "other");
}

TEST_F(S3Fault, SomebodyElsesObjectIsNotTakenForOurs) {
  RemoteUser other(world);
  ASSERT_EQ(outcome(other.write("x", "theirs")), "ok");
  world.http().script({Kind::loseAnswer});
  EXPECT_EQ(outcome(user.write("x", "ours", Precondition::absent())), "conflict");
  EXPECT_EQ(*user.read("x"), "theirs");
}

// The first attempt of a change is refused for the moment, and at that moment somebody else acts.
class S3Race : public testing::Test {
 protected:
  static SimS3::Options swift() {
    SimS3::Options options;
    options.conditions = false;
    return options;
  }
  void refuseOnce(std::string method, std::string part, std::function<void()> meanwhile) {
    world.instead = [this, method, part, meanwhile, done = false](const HttpRequest& sent) mutable {
      if (done || sent.method != method || sent.url.find(part) == std::string::npos) return false;
      done = true;
      meanwhile();
      world.next = answerOf(503, "<Error><Code>SlowDown</Code></Error>");
      return true;
    };
  }

  SimS3World world{swift()};
  RemoteUser user{world};
};

TEST_F(S3Race, AWriteIsNotRepeatedOverSomebodyElses) {
  ObjectVersion version = user.write("x", "before")->version;
  refuseOnce("PUT", "/x", [this] { world.server().putDirectly("some/prefix/x", "theirs"); });
  EXPECT_EQ(outcome(user.write("x", "ours", Precondition::matches(version))), "conflict");
  EXPECT_EQ(*user.read("x"), "theirs");
  refuseOnce("PUT", "/y", [this] { world.server().putDirectly("some/prefix/y", "theirs"); });
  EXPECT_EQ(outcome(user.write("y", "ours", Precondition::absent())), "conflict");
  EXPECT_EQ(*user.read("y"), "theirs");
}

TEST_F(S3Race, CompletingIsNotRepeatedOverSomebodyElses) {
  std::string text = textOf(100'000, 5);
  WriteRequest request = user.requestFor(text, Precondition::absent());
  UploadId upload = *user.beginUpload("big", request);
  PartReceipt part = *user.uploadPart("big", upload, 1, {0, text.size()}, text);
  refuseOnce("POST", "/big", [this] { world.server().putDirectly("some/prefix/big", "theirs"); });
  EXPECT_EQ(outcome(user.finishUpload("big", upload, {part}, request)), "conflict");
  EXPECT_EQ(*user.read("big"), "theirs");
}

TEST_F(S3Race, ADeleteThatSucceededUnheardDoesNotTakeTheNextObject) {
  ObjectVersion version = user.write("x", "before")->version;
  refuseOnce("DELETE", "/x", [this] {
    world.server().removeDirectly("some/prefix/x");
    world.server().putDirectly("some/prefix/x", "theirs");
  });
  EXPECT_EQ(outcome(user.remove("x", Precondition::matches(version))), "ok");
  EXPECT_EQ(*user.read("x"), "theirs");
}

TEST_F(S3Race, WhatChangesWhileItIsCopiedToTheTrashIsNotDeleted) {
  ObjectVersion version = user.write("x", "before")->version;
  world.instead = [this, done = false](const HttpRequest& sent) mutable {
    bool copied = sent.method == "HEAD" && sent.url.find("trash") != std::string::npos;
    if (copied && !done) world.server().putDirectly("some/prefix/x", "before");  // the same ETag
    done = done || copied;
    return false;
  };
  EXPECT_EQ(outcome(user.remove("x", Precondition::matches(version))), "conflict");
  EXPECT_EQ(*user.read("x"), "before");
}

TEST_F(S3Fault, MetadataThatOutlivedItsContentIsNotBelieved) {
  ASSERT_EQ(outcome(user.write("x", "content")), "ok");
  world.server().replaceKeepingMetadata("some/prefix/x", "content and more");
  Result<ObjectInfo> info = user.stat("x");
  ASSERT_EQ(outcome(info), "ok");
  EXPECT_FALSE(info->sha256.has_value());
  EXPECT_EQ(info->nonce, "");
}

TEST_F(S3Fault, AReadGoesOnWhereTheConnectionBroke) {
  std::string text = textOf(1'000'000, 1);
  ObjectVersion version = user.write("x", text)->version;
  std::uint64_t before = world.http().requests();
  for (ByteCount bytes : {300'000u, 200'000u, 1u}) world.http().script({Kind::cutBody, bytes});
  Result<std::string> read = user.read("x", {0, text.size()}, version);
  ASSERT_EQ(outcome(read), "ok");
  EXPECT_TRUE(*read == text);
  EXPECT_EQ(world.http().requests() - before, 4u);
}

TEST_F(S3Fault, AReadThatBreaksOffIsNotGoneOnWithInAnotherObject) {
  std::string text = textOf(1'000'000, 1);
  ObjectVersion version = user.write("x", text)->version;
  RemoteUser other(world);
  TextSink sink;
  bool replaced = false;
  sink.afterPiece = [&] { replaced = true; };
  world.http().script({Kind::cutBody, 300'000});
  world.instead = [&](const HttpRequest& request) {
    if (!replaced || request.method != "GET") return false;
    world.next = answerOf(412, "");
    return true;
  };
  Result<ObjectInfo> read =
      world.run(user.remote().read(at("x"), {0, text.size()}, version, sink, CancelToken()));
  EXPECT_EQ(outcome(read), "conflict");
}

TEST_F(S3Fault, CompletingIsRepeatedWhenAnAnswerOf200SaysThatItFailed) {
  std::string text = textOf(100'000, 2);
  WriteRequest request;
  PartReceipt part;
  UploadId upload = begun(text, request, part);
  int failures = 2;
  world.instead = [&](const HttpRequest& sent) {
    bool completes = sent.method == "POST" && failures > 0;
    if (completes) world.next = answerOf(200, "<Error><Code>InternalError</Code></Error>");
    failures -= completes ? 1 : 0;
    return completes;
  };
  EXPECT_EQ(outcome(user.finishUpload("big", upload, {part}, request)), "ok");
  EXPECT_TRUE(*user.read("big") == text);
  EXPECT_EQ(failures, 0);
}

TEST_F(S3Fault, CompletingWhoseAnswerWasLostIsFoundByItsNonce) {
  std::string text = textOf(100'000, 3);
  WriteRequest request;
  PartReceipt part;
  UploadId upload = begun(text, request, part);
  world.http().script({Kind::loseAnswer});
  EXPECT_EQ(outcome(user.finishUpload("big", upload, {part}, request)), "ok");
  EXPECT_EQ(world.server().uploads(), 0u);
}

TEST_F(S3Fault, AnotherProcessFindsThatCompletingHadSucceeded) {
  std::string text = textOf(100'000, 4);
  WriteRequest request;
  PartReceipt part;
  UploadId upload = begun(text, request, part);
  request.precondition = Precondition::absent();
  ASSERT_EQ(outcome(user.finishUpload("big", upload, {part}, request)), "ok");
  RemoteUser other(world);
  EXPECT_EQ(outcome(other.finishUpload("big", upload, {part}, request)), "ok");
}

TEST_F(S3Fault, HalfOfTheRequestsMayBeRefusedForTheMoment) {
  std::uint64_t asked = 0;
  world.instead = [&](const HttpRequest&) {
    bool refused = ++asked % 2 == 1;
    if (refused) world.next = answerOf(503, "<Error><Code>SlowDown</Code></Error>");
    return refused;
  };
  for (int i = 0; i < 50; ++i) {
    std::string name = "f" + std::to_string(i);
    ASSERT_EQ(outcome(user.write(name, name, Precondition::absent())), "ok");
  }
  EXPECT_EQ(user.keys()->size(), 50u);
}

TEST_F(S3Fault, AListWithoutTheMarkerThatIsThereIsNotBelieved) {
  ASSERT_EQ(outcome(user.write(".cloudsync/root", "marker")), "ok");
  ASSERT_EQ(outcome(user.write("a", "1")), "ok");
  world.instead = [&](const HttpRequest& request) {
    if (!isList(request)) return false;
    world.next =
        answerOf(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
    return true;
  };
  Result<std::vector<std::string>> keys = user.keys();
  ASSERT_EQ(outcome(keys), "remoteFault");
  EXPECT_NE(keys.error().message.find(".cloudsync/root"), std::string::npos);
  world.instead = nullptr;
  EXPECT_EQ(*user.keys(), std::vector<std::string>{"a"});
}

TEST_F(S3Fault, AListThatEndsInTheMiddleIsAskedForAgain) {
  for (const char* name : {"a", "b", "c"}) ASSERT_EQ(outcome(user.write(name, "1")), "ok");
  int halves = 2;
  world.instead = [&](const HttpRequest& request) {
    bool cut = isList(request) && halves-- > 0;
    if (cut) world.next = answerOf(200, "<ListBucketResult><Contents><Key>some/prefix/a</Key>");
    return cut;
  };
  EXPECT_EQ(user.keys()->size(), 3u);
}

TEST_F(S3Fault, ABucketThatIsGoneIsNoAbsence) {
  ASSERT_EQ(outcome(user.write("x", "1")), "ok");
  world.instead = [&](const HttpRequest& request) {
    world.next =
        answerOf(404, request.method == "HEAD" ? "" : "<Error><Code>NoSuchBucket</Code></Error>");
    return true;
  };
  EXPECT_EQ(outcome(user.stat("x")), "remoteNotReady");
  EXPECT_EQ(outcome(user.remove("x")), "remoteNotReady");
  EXPECT_EQ(outcome(user.keys()), "remoteNotReady");
  EXPECT_EQ(outcome(user.removeDirectory("d")), "remoteNotReady");
}

TEST(S3World, AClockThatIsOffIsCorrectedFor) {
  for (int minutes : {20, -20, 600}) {
    SimS3::Options options;
    options.clockAhead = std::chrono::minutes(minutes);
    SimS3World world(options);
    RemoteUser user(world);
    EXPECT_EQ(outcome(user.stat("no")), "notFound") << minutes;
    EXPECT_EQ(outcome(user.write("x", "1")), "ok") << minutes;
  }
}

TEST(S3World, TheBucketsRegionIsFoundOut) {
  SimS3::Options options;
  options.region = "eu-central-1";
  SimS3World world(options);
  RemoteUser user(world);
  ASSERT_EQ(outcome(user.write("x", "1")), "ok");
  EXPECT_EQ(*user.read("x"), "1");
}

TEST(S3World, WhatIsRemovedLiesInTheTrash) {
  SimS3World world;
  RemoteUser user(world);
  ASSERT_EQ(outcome(user.write("d/x", "content")), "ok");
  ASSERT_EQ(outcome(user.remove("d/x")), "ok");
  std::vector<std::string> keys = world.server().keys();
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_TRUE(keys[0].starts_with("some/prefix/.cloudsync/trash/")) << keys[0];
  EXPECT_TRUE(keys[0].ends_with("/d/x")) << keys[0];
  std::string inTrash = keys[0].substr(std::string("some/prefix/").size());
  EXPECT_EQ(*user.read(inTrash), "content");
}

TEST(S3World, OldTrashIsPurgedAndNewIsKept) {
  SimS3World world;
  RemoteUser user(world);
  for (const char* key : {"2020-01-01/t/a", "2020-01-02/t/b/c", "2020-02-01/t/d", "odd"}) {
    world.server().putDirectly("some/prefix/.cloudsync/trash/" + std::string(key), "gone");
  }
  for (int i = 0; i < 40; ++i) {
    world.server().putDirectly("some/prefix/.cloudsync/trash/2019-01-01/t/" + std::to_string(i),
                               "");
  }
  ASSERT_EQ(outcome(user.write("2000-01-01", "a file")), "ok");
  constexpr Nanoseconds kFirstOfFebruary2020 = 1'580'515'200LL * 1'000'000'000;
  EXPECT_EQ(outcome(world.run(user.remote().purge(kFirstOfFebruary2020, CancelToken()))), "ok");
  EXPECT_EQ(
      world.server().keys(),
      (std::vector<std::string>{"some/prefix/.cloudsync/trash/2020-02-01/t/d",
                                "some/prefix/.cloudsync/trash/odd", "some/prefix/2000-01-01"}));
}

Task<Status> sleepADay(Scheduler& scheduler) {
  const Duration longer = std::chrono::hours(25);
  (void)co_await scheduler.sleep(longer, CancelToken());
  co_return Status();
}

TEST(S3World, AProbeThatACrashLeftIsPurgedOneOfThisMomentIsNot) {
  SimS3World world;
  RemoteUser user(world);
  world.server().putDirectly("some/prefix/.cloudsync/probe/left", "");
  EXPECT_EQ(outcome(world.run(sleepADay(world.scheduler()))), "ok");
  world.server().putDirectly("some/prefix/.cloudsync/probe/now", "");
  world.server().putDirectly("some/prefix/.cloudsync/root", "marker");
  EXPECT_EQ(outcome(world.run(user.remote().purge(0, CancelToken()))), "ok");
  EXPECT_EQ(world.server().keys(), (std::vector<std::string>{"some/prefix/.cloudsync/probe/now",
                                                             "some/prefix/.cloudsync/root"}));
}

TEST(S3World, TheLongestKeysFitIntoTheTrash) {
  SimS3World world;
  RemoteUser user(world);
  std::string name = std::string(250, 'a') + "/" + std::string(250, 'b') + "/" +
                     std::string(250, 'c') + "/" + std::string(250, 'd');
  ASSERT_EQ(outcome(user.write(name, "content")), "ok");
  ASSERT_EQ(outcome(user.remove(name)), "ok");
  ASSERT_EQ(world.server().keys().size(), 1u);
  EXPECT_LE(world.server().keys()[0].size(), 1024u);
}

TEST(S3World, ListsInPagesAndPassesOverTheTrash) {
  SimS3::Options options;
  options.pageSize = 3;
  SimS3World world(options);
  RemoteUser user(world);
  ASSERT_EQ(outcome(user.write(".cloudsync/root", "marker")), "ok");
  for (int i = 0; i < 10; ++i) {
    std::string name = "d" + std::to_string(i % 3) + "/f" + std::to_string(i);
    ASSERT_EQ(outcome(user.write(name, "1")), "ok");
    ASSERT_EQ(outcome(user.write("gone" + std::to_string(i), "1")), "ok");
    ASSERT_EQ(outcome(user.remove("gone" + std::to_string(i))), "ok");
  }
  std::uint64_t before = world.http().requests();
  EXPECT_EQ(user.keys()->size(), 13u);
  // 10 keys and 10 directories in pages of 3; the 10 objects in the trash cost none.
  EXPECT_LE(world.http().requests() - before, 7u);
}

TEST(S3World, DirectoriesAreMarkersWhereNothingElseMakesThem) {
  SimS3World world;
  RemoteUser user(world);
  EXPECT_EQ(outcome(user.makeDirectory("empty")), "ok");
  EXPECT_EQ(outcome(user.makeDirectory("empty")), "ok");
  EXPECT_EQ(*user.keys(), std::vector<std::string>{"empty/"});
  ASSERT_EQ(outcome(user.write("full/x", "1")), "ok");
  EXPECT_EQ(outcome(user.makeDirectory("full")), "ok");
  EXPECT_EQ(world.server().keys().size(), 3u);  // also of what something else makes for now
  EXPECT_EQ(outcome(user.removeDirectory("full")), "notEmpty");
  EXPECT_EQ(outcome(user.removeDirectory("empty")), "ok");
  EXPECT_EQ(outcome(user.removeDirectory("empty")), "notFound");
  ASSERT_EQ(outcome(user.write("odd/", "somebody's bytes")), "ok");
  EXPECT_EQ(outcome(user.removeDirectory("odd")), "notEmpty");
}

// Whatever the network does: what was acknowledged is there, and nothing else takes its place.
TEST(S3World, AcknowledgedWritesSurviveAnyFaults) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    SimS3::Options options;
    options.conditions = seed % 2 == 0;
    SimS3World world(options, seed);
    RemoteUser user(world);
    SeededRandom random(seed);
    std::map<std::string, std::string> sure;
    for (int step = 0; step < 60; ++step) {
      world.http().script({static_cast<Kind>(random.next() % 6), random.next() % 40});
      if (random.next() % 3 == 0) world.http().script({static_cast<Kind>(random.next() % 6), 3});
      std::string name = "f" + std::to_string(random.next() % 8);
      std::string text = "content " + std::to_string(step);
      if (random.next() % 5 == 0) {
        Status removed = user.remove(name);
        sure.erase(name);  // a lost answer leaves both possible
        if (!removed && removed.error().kind != ErrorKind::notFound) continue;
        EXPECT_EQ(outcome(user.stat(name)), "notFound");
        continue;
      }
      bool known = sure.contains(name);
      Result<ObjectInfo> written = user.write(name, text);
      if (written) sure[name] = text;
      if (!written && known) sure.erase(name);
    }
    for (const auto& [name, text] : sure) EXPECT_EQ(*user.read(name), text) << name;
  }
}

}  // namespace
}  // namespace cloudsync
