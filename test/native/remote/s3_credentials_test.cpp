#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "base/task_group.h"
#include "fs/sim_file_system.h"
#include "net/sim_transport.h"
#include "remote/s3/credentials.h"

namespace cloudsync {
namespace {

using namespace std::chrono_literals;

// One world: a network with one service in it, a disk, an environment.
class CredentialsTest : public ::testing::Test {
 protected:
  std::unique_ptr<S3CredentialSource> make() {
    auto lookup = [this](const char* name) -> std::optional<std::string> {
      auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
    Result<S3Location> location = parseS3Location(url_, options_, lookup);
    EXPECT_TRUE(location) << location.error().message;
    return makeS3CredentialSource(*location, options_, lookup,
                                  {files_, scheduler_, scheduler_.clock(), random_, http_});
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    bool ended = false;
    spawn(scheduler_, Lane::transfer, detail::storeInto(std::move(task), out),
          [&ended](std::exception_ptr failure) {
            EXPECT_FALSE(failure);
            ended = true;
          });
    while (!ended && scheduler_.step()) {
    }
    EXPECT_TRUE(out) << "nobody answers";
    return std::move(*out);
  }

  Result<S3Credentials> get(S3CredentialSource& source, CancelToken cancel = {}) {
    return run(source.get(std::move(cancel)));
  }
  std::string idOf(S3CredentialSource& source) {
    Result<S3Credentials> credentials = get(source);
    return credentials ? credentials->identity.accessKeyId : credentials.error().message;
  }
  Error errorOf(S3CredentialSource& source) {
    Result<S3Credentials> credentials = get(source);
    EXPECT_FALSE(credentials);
    return credentials ? Error{} : credentials.error();
  }

  // What the service answers next; the last one again and again.
  void serve(int status, std::string body) {
    HttpResponse answer;
    answer.status = status;
    answer.body = std::move(body);
    answers_.push_back(std::move(answer));
  }
  HttpResponse answer(const HttpRequest& request, const std::string& body) {
    requests_.push_back(request);
    bodies_.push_back(body);
    if (answers_.empty()) return HttpResponse{.status = 404, .headers = {}, .body = {}};
    HttpResponse next = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return next;
  }
  std::string expiresIn(Duration duration) {
    auto time = std::chrono::sys_time<std::chrono::nanoseconds>(
        Duration(scheduler_.clock().wallTime()) + duration);
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    auto day = std::chrono::floor<std::chrono::days>(seconds);
    std::chrono::year_month_day date(day);
    std::chrono::hh_mm_ss clock(seconds - day);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
  }
  std::string json(const std::string& id, Duration lifetime) {
    return json(id, expiresIn(lifetime));
  }
  static std::string json(const std::string& id, const std::string& expiration) {
    return R"({"Code":"Success","AccessKeyId":")" + id +
           R"(","SecretAccessKey":"hush","Token":"t","Expiration":")" + expiration + "\"}";
  }
  void useContainer() {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:81/keys";
    variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "hush-token";
  }

  SimScheduler scheduler_{7};
  SeededRandom random_{7};
  SimFileSystem files_{scheduler_.simClock()};
  SimTransport http_{
      scheduler_,
      7,
      [this](const HttpRequest& request, const std::string& body) { return answer(request, body); },
      {}};
  std::string url_ = "s3://bucket";
  RemoteOptions options_;
  std::map<std::string, std::string> variables_{{"HOME", "/home/ada"},
                                                {"AWS_EC2_METADATA_DISABLED", "true"}};
  std::deque<HttpResponse> answers_;
  std::vector<HttpRequest> requests_;
  std::vector<std::string> bodies_;
};

TEST_F(CredentialsTest, WhatIsSetUpFirstDecides) {
  useContainer();
  serve(200, json("container", 1h));
  EXPECT_EQ(idOf(*make()), "container");
  files_.write("/home/ada/.aws/credentials",
               "[default]\naws_access_key_id=file\naws_secret_access_key=s\naws_session_token=t\n"
               "[work]\naws_access_key_id=work\naws_secret_access_key=s\n");
  EXPECT_EQ(idOf(*make()), "file");
  EXPECT_EQ(get(*make())->identity.sessionToken, "t");
  variables_["AWS_ACCESS_KEY_ID"] = "environment";
  variables_["AWS_SECRET_ACCESS_KEY"] = "s";
  variables_["AWS_PROFILE"] = "work";
  EXPECT_EQ(idOf(*make()), "environment");
  url_ = "s3://bucket?profile=work";
  EXPECT_EQ(idOf(*make()), "work");
  url_ = "s3://bucket";
  options_ = {{"credentials.accessKeyId", "options"}, {"credentials.secretAccessKey", "s"}};
  EXPECT_EQ(idOf(*make()), "options");
  options_ = {{"anonymous", "true"}};
  EXPECT_FALSE(make());
  EXPECT_EQ(requests_.size(), 1u);
}

TEST_F(CredentialsTest, NobodyHasAny) {
  Error error = errorOf(*make());
  EXPECT_EQ(error.kind, ErrorKind::remoteNotReady);
  for (const char* place :
       {"credentials.accessKeyId", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE",
        "/home/ada/.aws/credentials", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_EC2_METADATA_DISABLED", "anonymous=true"}) {
    EXPECT_NE(error.message.find(place), std::string::npos) << place << " in " << error.message;
  }
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CredentialsTest, WhatIsSetUpHalfIsAnError) {
  useContainer();
  serve(200, json("container", 1h));
  variables_["AWS_SECRET_ACCESS_KEY"] = "hush";
  Error error = errorOf(*make());
  EXPECT_EQ(error.kind, ErrorKind::remoteNotReady);
  EXPECT_NE(error.message.find("AWS_ACCESS_KEY_ID"), std::string::npos);
  EXPECT_EQ(error.message.find("hush"), std::string::npos);
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  for (auto [text, says] : std::vector<std::pair<const char*, const char*>>{
           {"[default]\naws_access_key_id=x\n", "needs both"},
           {"[default]\nsso_session=x\n", "aws configure export-credentials"},
           {"[default]\ncredential_process=/bin/x hush\n", "credential_process"}}) {
    files_.write("/home/ada/.aws/credentials", text);
    error = errorOf(*make());
    EXPECT_NE(error.message.find(says), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("hush"), std::string::npos);
  }
  variables_["AWS_PROFILE"] = "none";
  EXPECT_NE(errorOf(*make()).message.find("no profile 'none'"), std::string::npos);
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CredentialsTest, AContainersServiceIsAskedWithItsToken) {
  useContainer();
  serve(503, "");
  serve(200, json("a", 1h));
  auto source = make();
  Result<S3Credentials> credentials = get(*source);
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->identity, (SigningIdentity{"a", "hush", "t"}));
  ASSERT_EQ(requests_.size(), 2u);
  EXPECT_EQ(requests_[1].url, "http://127.0.0.1:81/keys");
  EXPECT_EQ(requests_[1].headers.find("Authorization"), "hush-token");
  EXPECT_EQ(requests_[1].route.proxy, "");

  // The token file wins, and is read anew.
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token";
  files_.write("/token", "hush-file\n");
  EXPECT_EQ(idOf(*make()), "a");
  EXPECT_EQ(requests_.back().headers.find("Authorization"), "hush-file");
  files_.remove("/token");
  EXPECT_NE(errorOf(*make()).message.find("/token"), std::string::npos);

  variables_.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/x";
  EXPECT_EQ(idOf(*make()), "a");
  EXPECT_EQ(requests_.back().url, "http://169.254.170.2/v2/x");
  variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@evil.example/";
  EXPECT_EQ(idOf(*make()), "a");
  EXPECT_EQ(requests_.back().url, "http://169.254.170.2/@evil.example/");
}

TEST_F(CredentialsTest, NoSecretIsShownWhateverAServiceSays) {
  useContainer();
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "hush";
  for (auto [status, body] : std::vector<std::pair<int, std::string>>{
           {200, "hush"},
           {200, R"({"AccessKeyId":"hush"})"},
           {200, R"({"AccessKeyId":"hush","SecretAccessKey":"hush","Expiration":"hush"})"},
           {403, "<Error><Code>Denied</Code><Message>token hush</Message></Error>"},
           {500, "hush"}}) {
    answers_.clear();
    serve(status, body);
    Error error = errorOf(*make());
    EXPECT_EQ(error.message.find("hush"), std::string::npos) << error.message;
    EXPECT_EQ(error.kind, status == 500 ? ErrorKind::network : ErrorKind::remoteNotReady);
  }
  std::size_t asked = requests_.size();
  for (const char* url : {"http://10.0.0.1/", "http://localhost.evil.example/", "ftp://h/",
                          "http://127.0.0.1.evil.example/", "http://u:hush@localhost/"}) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    EXPECT_EQ(errorOf(*make()).message.find("hush"), std::string::npos) << url;
  }
  EXPECT_EQ(requests_.size(), asked);
}

TEST_F(CredentialsTest, AWebIdentityIsExchangedForARole) {
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  Error error = errorOf(*make());
  EXPECT_NE(error.message.find("AWS_ROLE_ARN"), std::string::npos);
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  EXPECT_NE(errorOf(*make()).message.find("/token"), std::string::npos);
  files_.write("/token", "hush+/=\n");
  url_ = "s3://bucket?region=eu-west-1";
  serve(200,
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>id</AccessKeyId>"
        "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>" +
            expiresIn(1h) +
            "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
            "</AssumeRoleWithWebIdentityResponse>");
  Result<S3Credentials> credentials = get(*make());
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->identity, (SigningIdentity{"id", "secret", "token"}));
  EXPECT_TRUE(credentials->expires);
  EXPECT_EQ(requests_.back().method, "POST");
  EXPECT_EQ(requests_.back().url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(bodies_.back(),
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
            "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=cloudsync"
            "&WebIdentityToken=hush%2B%2F%3D");
  answers_.clear();
  serve(400,
        "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>hush</Message>"
        "</Error></ErrorResponse>");
  error = errorOf(*make());
  EXPECT_NE(error.message.find("ExpiredTokenException"), std::string::npos);
  EXPECT_EQ(error.message.find("hush"), std::string::npos);
  answers_.clear();
  serve(200, "<AssumeRoleWithWebIdentityResponse/>");
  EXPECT_EQ(errorOf(*make()).kind, ErrorKind::remoteNotReady);
}

TEST_F(CredentialsTest, AnInstanceIsAskedInThreeSteps) {
  variables_.erase("AWS_EC2_METADATA_DISABLED");
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://imds/";
  serve(200, "session");
  serve(200, "my role\n");
  serve(200, json("instance", 1h));
  EXPECT_EQ(idOf(*make()), "instance");
  ASSERT_EQ(requests_.size(), 3u);
  EXPECT_EQ(requests_[0].method, "PUT");
  EXPECT_EQ(requests_[0].url, "http://imds/latest/api/token");
  EXPECT_EQ(requests_[1].headers.find("X-aws-ec2-metadata-token"), "session");
  EXPECT_EQ(requests_[2].url, "http://imds/latest/meta-data/iam/security-credentials/my%20role");
}

TEST_F(CredentialsTest, WhereThereIsNoInstanceServiceItIsNotAskedAgainSoon) {
  variables_.erase("AWS_EC2_METADATA_DISABLED");
  auto source = make();
  http_.script({SimFault::Kind::stall});
  SteadyTime before = scheduler_.clock().steadyTime();
  EXPECT_NE(errorOf(*source).message.find("169.254.169.254"), std::string::npos);
  EXPECT_LT(scheduler_.clock().steadyTime() - before, 2s);
  std::size_t asked = requests_.size();
  errorOf(*source);
  EXPECT_EQ(requests_.size(), asked);
  scheduler_.simClock().advance(10min);
  errorOf(*source);
  EXPECT_EQ(requests_.size(), asked + 1);
}

TEST_F(CredentialsTest, TheyAreRenewedBeforeTheyExpire) {
  useContainer();
  serve(200, json("first", 1h));
  auto source = make();
  EXPECT_EQ(idOf(*source), "first");
  answers_.clear();
  serve(200, json("second", 2h));
  scheduler_.simClock().advance(54min);
  EXPECT_EQ(idOf(*source), "first");
  scheduler_.simClock().advance(2min);
  EXPECT_EQ(idOf(*source), "second");
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(CredentialsTest, WhatExpiredLongAgoIsAskedForAgainAfterARest) {
  useContainer();
  serve(200, json("old", "1700-01-01T00:00:00Z"));
  auto source = make();
  EXPECT_EQ(idOf(*source), "old");
  answers_.clear();
  serve(200, json("new", 1h));
  scheduler_.simClock().advance(2min);
  EXPECT_EQ(idOf(*source), "new");
}

TEST_F(CredentialsTest, ARenewalThatFailsCostsNothingWhileTheOldOnesHold) {
  useContainer();
  serve(200, json("first", 1h));
  auto source = make();
  EXPECT_EQ(idOf(*source), "first");
  answers_.clear();
  serve(403, "");
  scheduler_.simClock().advance(57min);
  EXPECT_EQ(idOf(*source), "first");
  std::size_t asked = requests_.size();
  EXPECT_EQ(idOf(*source), "first");
  EXPECT_EQ(requests_.size(), asked);  // not once per request
  scheduler_.simClock().advance(5min);
  EXPECT_EQ(errorOf(*source).kind, ErrorKind::remoteNotReady);
}

Task<void> take(S3CredentialSource& source, CancelToken cancel, std::vector<std::string>& ids) {
  Task<Result<S3Credentials>> getting = source.get(std::move(cancel));
  Result<S3Credentials> credentials = co_await getting;
  ids.push_back(credentials ? credentials->identity.accessKeyId
                            : std::string(nameOf(credentials.error().kind)));
}

Task<int> takeMany(Scheduler& scheduler, S3CredentialSource& source, CancelSource& first,
                   std::vector<std::string>& ids) {
  TaskGroup group(scheduler, Lane::transfer);
  group.add(take(source, first.token(), ids));
  for (int i = 0; i < 50; ++i) group.add(take(source, {}, ids));
  co_await scheduler.yield();
  first.cancel();
  co_await group.join();
  co_return 0;
}

TEST_F(CredentialsTest, ManyWaitersShareOneFetch) {
  useContainer();
  serve(200, json("shared", 1h));
  auto source = make();
  CancelSource never;
  std::vector<std::string> ids;
  TaskGroup group(scheduler_, Lane::transfer);
  for (int i = 0; i < 50; ++i) group.add(take(*source, never.token(), ids));
  auto joined = [](TaskGroup& all) -> Task<int> {
    co_await all.join();
    co_return 0;
  };
  run(joined(group));
  EXPECT_EQ(ids, std::vector<std::string>(50, "shared"));
  EXPECT_EQ(requests_.size(), 1u);
}

TEST_F(CredentialsTest, ALeaderThatIsStoppedStopsNobodyElse) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimScheduler scheduler(seed);
    SeededRandom random(seed);
    SimTransport http(scheduler, seed,
                      [this](const HttpRequest&, const std::string&) {
                        HttpResponse answer;
                        answer.status = 200;
                        answer.body = json("shared", 1h);
                        return answer;
                      },
                      {});
    useContainer();
    auto lookup = [this](const char* name) -> std::optional<std::string> {
      auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    auto source = makeS3CredentialSource(*parseS3Location(url_, options_, lookup), options_, lookup,
                                         {files_, scheduler, scheduler.clock(), random, http});
    CancelSource first;
    std::vector<std::string> ids;
    std::optional<int> out;
    spawn(scheduler, Lane::transfer,
          detail::storeInto(takeMany(scheduler, *source, first, ids), out),
          [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    scheduler.run();
    EXPECT_TRUE(out);
    EXPECT_GE(std::count(ids.begin(), ids.end(), "shared"), 50) << seed;
    EXPECT_EQ(ids.size(), 51u);
    EXPECT_LE(http.requests(), 2u);
  }
}

TEST_F(CredentialsTest, ACancelledCallAsksNobody) {
  useContainer();
  CancelSource cancel;
  cancel.cancel();
  EXPECT_EQ(get(*make(), cancel.token()).error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CredentialsTest, RefusedOnesAreFetchedAgainWhereThatMayHelp) {
  useContainer();
  serve(200, json("first", 1h));
  auto source = make();
  S3Credentials first = *get(*source);
  EXPECT_TRUE(source->refused(first));  // fresh, but they may have been replaced since
  EXPECT_EQ(idOf(*source), "first");
  EXPECT_FALSE(source->refused(first));  // they came again: what is missing is a right
  EXPECT_EQ(idOf(*source), "first");
  EXPECT_EQ(requests_.size(), 2u);
  scheduler_.simClock().advance(2min);
  answers_.clear();
  serve(200, json("second", 1h));
  EXPECT_TRUE(source->refused(first));
  EXPECT_EQ(idOf(*source), "second");
  EXPECT_TRUE(source->refused(first));  // somebody else renewed them already
  EXPECT_EQ(requests_.size(), 3u);
}

TEST_F(CredentialsTest, AServiceThatGivesNewKeysEachTimeIsNotAskedForEveryRefusal) {
  useContainer();
  auto source = make();
  for (int number = 0; number < 100; ++number) {
    answers_.clear();
    serve(200, json("keys" + std::to_string(number), 1h));
    source->refused(*get(*source));
  }
  EXPECT_EQ(requests_.size(), 2u);
  scheduler_.simClock().advance(2min);
  for (int number = 0; number < 100; ++number) source->refused(*get(*source));
  EXPECT_EQ(requests_.size(), 4u);
}

TEST_F(CredentialsTest, RefusedOnesAreKeptWhileNoOthersAreToBeHad) {
  useContainer();
  serve(200, json("first", 1h));
  auto source = make();
  S3Credentials first = *get(*source);
  answers_.clear();
  serve(503, "");
  EXPECT_TRUE(source->refused(first));
  EXPECT_EQ(idOf(*source), "first");  // they may be good for another request
  EXPECT_FALSE(source->refused(first));
}

TEST_F(CredentialsTest, LongLivedKeysAreNotAskedForAgain) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "fixed"}, {"AWS_SECRET_ACCESS_KEY", "s"}};
  auto source = make();
  S3Credentials fixed = *get(*source);
  scheduler_.simClock().advance(2min);
  EXPECT_FALSE(source->refused(fixed));
}

TEST_F(CredentialsTest, AnEditedFileIsReadAgainWhenItsKeysAreRefused) {
  files_.write("/home/ada/.aws/credentials",
               "[default]\naws_access_key_id=old\naws_secret_access_key=s\n");
  auto source = make();
  S3Credentials old = *get(*source);
  files_.write("/home/ada/.aws/credentials",
               "[default]\naws_access_key_id=new\naws_secret_access_key=s\n");
  scheduler_.simClock().advance(2min);
  EXPECT_EQ(idOf(*source), "old");
  EXPECT_TRUE(source->refused(old));
  EXPECT_EQ(idOf(*source), "new");
}

}  // namespace
}  // namespace cloudsync
