#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../remote/sim_s3.h"
#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "events/mailbox.h"
#include "fs/sim_file_system.h"
#include "net/sim_transport.h"
#include "service/device.h"

// One device whose cloud is an S3 server of a kind that no real one here is. In virtual time.

namespace cloudsync {
namespace {

using namespace std::chrono_literals;
using Kind = SimFault::Kind;

class S3Space {
 public:
  explicit S3Space(SimS3::Options options = {}) : server_(scheduler_.clock(), options) {
    files_.makeFolders("/a");
    files_.settle();
    open(std::move(StateStore::openInMemory()).value());
  }
  ~S3Space() { close(); }

  SimS3& server() { return server_; }
  SimTransport& http() { return http_; }
  Space& space() { return *device_->space("drive"); }
  StateStore& store() { return device_->store(); }
  SteadyTime now() { return scheduler_.clock().steadyTime(); }

  void write(std::string_view path, std::string_view bytes) {
    scheduler_.simClock().advance(3s);
    files_.write("/a/" + std::string(path), bytes);
    scheduler_.simClock().advance(3s);
  }
  bool has(std::string_view path) { return files_.read("/a/" + std::string(path)).has_value(); }

  SyncState sync() {
    Status started = wait(start());
    EXPECT_TRUE(started.ok()) << started.error().message;
    scheduler_.run();
    return space().syncState().state;
  }
  Status free(std::string_view path) {
    return wait(space().freeFile(RelPath::trusted(std::string(path))));
  }
  // Another process on the same state.
  void restart() {
    device_->cancelAll();
    scheduler_.run();
    std::unique_ptr<StateStore> store = device_->takeStore();
    device_.reset();
    open(std::move(store));
  }

  std::size_t contentsRead = 0;  // GETs of objects
  std::vector<Notice> notices;

 private:
  Task<Status> start() {
    Status ready = co_await space().checkReady();
    if (!ready.ok()) co_return ready;
    co_return co_await space().startSync();
  }
  template <class T>
  T wait(Task<T> task) {
    std::optional<T> answer;
    spawn(scheduler_, Lane::transfer, detail::storeInto(std::move(task), answer),
          [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
          });
    while (!answer && scheduler_.step()) {
    }
    return std::move(*answer);
  }
  HttpResponse answer(const HttpRequest& request, const std::string& body) {
    bool ofContent = request.method == "GET" && request.url.find('?') == std::string::npos &&
                     request.url.find(".cloudsync") == std::string::npos;
    if (ofContent) ++contentsRead;
    return server_.answer(request, body);
  }
  void open(std::unique_ptr<StateStore> store) {
    SpaceConfig space;
    space.name = "drive";
    space.root = "/a";
    space.remote.url = "s3://bucket/some/prefix?endpoint=http://sim";
    space.remote.options = {{"credentials.accessKeyId", "id"},
                            {"credentials.secretAccessKey", "secret"}};
    Config config;
    config.deviceName = "a";
    config.spaces.push_back(space);
    World world{files_, scheduler_.clock(), random_, scheduler_, http_};
    device_ = std::move(Device::open(config, world, std::move(store))).value();
    box_ = std::make_shared<Mailbox>([this] {
      for (const Event& event : box_->drain()) {
        if (const auto* notice = std::get_if<Notice>(&event)) notices.push_back(*notice);
      }
    });
    device_->hub().attach(box_);
  }
  void close() {
    device_->cancelAll();
    scheduler_.run();
    device_.reset();
  }

  SimScheduler scheduler_{1};
  SeededRandom random_{1};
  SimFileSystem files_{scheduler_.clock()};
  SimS3 server_;
  SimTransport http_{
      scheduler_,
      1,
      [this](const HttpRequest& request, const std::string& body) { return answer(request, body); },
      {}};
  std::unique_ptr<Device> device_;
  std::shared_ptr<Mailbox> box_;
};

SimS3::Options checksNothing() {
  SimS3::Options options;
  options.checksContent = false;
  return options;
}

bool says(const Status& status, std::string_view words) {
  return !status.ok() && status.error().message.find(words) != std::string::npos;
}

constexpr const char* kFilmKey = "some/prefix/film";

// A lifecycle rule, or an administrator, has taken what a former process had begun.
TEST(S3Space, AnUploadThatTheServerForgotBeginsAnew) {
  S3Space a;
  const std::string content(40'000'000, 'u');
  a.write("film", content);
  UploadRow row;
  row.key = "film";
  row.nonce = "00000000000000000000000000000000";
  row.uploadId = "forgotten";
  row.sha256 = sha256Of({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  row.partSize = 16u << 20;
  ASSERT_TRUE(a.store().saveUpload(a.space().id(), row).ok());
  EXPECT_EQ(a.sync(), SyncState::completed);
  EXPECT_TRUE(a.store().uploads(a.space().id())->empty());
}

TEST(FreeingFromS3, WhatTheServerDidNotCheckIsReadBack) {
  S3Space world(checksNothing());
  const std::string film(3'000'000, 'f');
  world.write("film", film);
  world.write("empty", "");
  ASSERT_EQ(world.sync(), SyncState::completed);
  std::string damaged = film;
  damaged[2'500'000] ^= 1;
  world.server().damage(kFilmKey, damaged);
  Status freed = world.free("film");
  ASSERT_FALSE(freed.ok());
  EXPECT_EQ(freed.error().kind, ErrorKind::notPermitted);
  EXPECT_TRUE(says(freed, "damaged")) << freed.error().message;
  EXPECT_TRUE(world.has("film"));

  world.server().damage(kFilmKey, film);
  EXPECT_TRUE(world.free("film").ok());
  EXPECT_FALSE(world.has("film"));
  EXPECT_TRUE(world.free("empty").ok());
  EXPECT_FALSE(world.has("empty"));
}

TEST(FreeingFromS3, WhatTheServerCheckedIsNotReadBack) {
  S3Space world;
  world.write("film", "bytes");
  ASSERT_EQ(world.sync(), SyncState::completed);
  world.restart();  // what the server does must be asked anew
  EXPECT_TRUE(world.free("film").ok());
  EXPECT_FALSE(world.has("film"));
  EXPECT_EQ(world.contentsRead, 0u);
}

TEST(FreeingFromS3, WhatCameFromThereIsNotReadBack) {
  S3Space world(checksNothing());
  world.server().putDirectly(kFilmKey, "bytes");
  ASSERT_EQ(world.sync(), SyncState::completed);
  ASSERT_TRUE(world.has("film"));
  std::size_t before = world.contentsRead;
  EXPECT_TRUE(world.free("film").ok());
  EXPECT_FALSE(world.has("film"));
  EXPECT_EQ(world.contentsRead, before);
}

TEST(FreeingFromS3, ASilentCloudIsGivenTenSeconds) {
  S3Space world;
  world.write("film", "bytes");
  ASSERT_EQ(world.sync(), SyncState::completed);
  world.http().script({Kind::stall});
  SteadyTime before = world.now();
  Status freed = world.free("film");
  EXPECT_EQ(world.now() - before, 10s);
  ASSERT_FALSE(freed.ok());
  EXPECT_EQ(freed.error().kind, ErrorKind::timeout);
  EXPECT_TRUE(says(freed, "stays as it is")) << freed.error().message;
  EXPECT_TRUE(world.has("film"));
  EXPECT_TRUE(world.free("film").ok());
}

TEST(FreeingFromS3, ACloudThatFallsSilentWhileItIsReadIsNotWaitedForLongEither) {
  S3Space world(checksNothing());
  world.write("film", std::string(3'000'000, 'f'));
  ASSERT_EQ(world.sync(), SyncState::completed);
  // A HEAD, the list that proves readiness, the first piece, and then nothing.
  for (Kind kind : {Kind::none, Kind::none, Kind::none, Kind::stall}) world.http().script({kind});
  SteadyTime before = world.now();
  Status freed = world.free("film");
  EXPECT_LE(world.now() - before, 11s);
  ASSERT_FALSE(freed.ok());
  EXPECT_EQ(freed.error().kind, ErrorKind::timeout);
  EXPECT_TRUE(says(freed, "stays as it is")) << freed.error().message;
  EXPECT_TRUE(world.has("film"));
  EXPECT_GE(world.contentsRead, 2u);
  EXPECT_TRUE(world.free("film").ok());
}

TEST(PathsOnS3, ThatTheServerHasNoRoomForAreSetAsideAndHinderNothing) {
  S3Space world;
  std::string folder;
  for (char name : {'a', 'b', 'c', 'd'}) folder += std::string(250, name) + "/";
  const std::string fits = folder + "12345678";
  const std::string tooLong = fits + "9";
  world.write(fits, "carried");
  world.write(tooLong, "stays here");
  world.write("z", "carried, too");
  for (int run = 1; run <= 2; ++run) {
    world.notices.clear();
    EXPECT_EQ(world.sync(), SyncState::completed);
    ASSERT_EQ(world.notices.size(), 1u);
    const Notice& notice = world.notices.front();
    EXPECT_EQ(notice.kind, ErrorKind::invalidName);
    EXPECT_NE(notice.message.find("1013 bytes"), std::string::npos) << notice.message;
    EXPECT_NE(notice.message.find("1012 at most"), std::string::npos) << notice.message;
  }
  std::vector<std::string> keys = world.server().keys();
  EXPECT_TRUE(std::find(keys.begin(), keys.end(), "some/prefix/" + fits) != keys.end());
  EXPECT_TRUE(std::find(keys.begin(), keys.end(), "some/prefix/z") != keys.end());
  for (const std::string& key : keys) EXPECT_LE(key.size(), 1024u);
  EXPECT_TRUE(world.has(tooLong));
  EXPECT_TRUE(world.space().fileState(RelPath::trusted(fits)).ok());
  Result<FileSyncState> state = world.space().fileState(RelPath::trusted(tooLong));
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.error().kind, ErrorKind::notFound);
}

}  // namespace
}  // namespace cloudsync
