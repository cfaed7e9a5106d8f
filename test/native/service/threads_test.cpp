#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fs/temp_directory.h"
#include "service/service.h"

// The product's own pools and real files, called from several threads at once as the workers of a
// process do. What it is for is the thread sanitizer; without it, nothing may get lost.

namespace cloudsync {
namespace {

constexpr int kEnvironments = 4;
constexpr int kFiles = 120;
const std::string kSpace = "com.example.drive";

// Wakes the thread that drains a mailbox. Shared with it: engine threads may post to the last.
class Bell {
 public:
  void ring() {
    std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;  // guarded by mutex_
};

// One JavaScript environment: calls, waits for answers and hears of downloads, on one thread.
class Environment {
 public:
  Service::Reply call() { return Service::Reply{mailbox_, CallId{++calls_}}; }
  Result<Value> answerTo(const Service::Reply& reply) {
    while (!answers_.contains(reply.call.value)) waitAndDrain();
    return answers_.at(reply.call.value);
  }
  // Every download has its final event, or was refused.
  void awaitDownloads(std::size_t count) {
    while (finals_.size() + refused_.size() < count) waitAndDrain();
  }
  const std::map<std::string, TransferState>& finals() const { return finals_; }
  const std::vector<std::string>& refused() const { return refused_; }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

 private:
  void waitAndDrain() {
    bell_->wait();
    for (Event& event : mailbox_->drain()) {
      if (auto* settled = std::get_if<Settled>(&event)) {
        if (!settled->result.ok()) refused_.push_back(settled->result.error().message);
        answers_.emplace(settled->call.value, std::move(settled->result));
      } else if (auto* transfer = std::get_if<TransferEvent>(&event)) {
        if (transfer->state != TransferState::running) finals_[transfer->uri] = transfer->state;
      }
    }
  }

  std::uint64_t calls_ = 0;
  std::map<std::uint64_t, Result<Value>> answers_;
  std::map<std::string, TransferState> finals_;
  std::vector<std::string> refused_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  const std::shared_ptr<Mailbox> mailbox_ =
      std::make_shared<Mailbox>([bell = bell_] { bell->ring(); });
};

std::string nameOf(int index) {
  return "d" + std::to_string(index % 7) + "/f" + std::to_string(index);
}

std::string bytesOf(int index) {
  std::size_t size = index == 0 ? 20'000'000 : 1'000 + static_cast<std::size_t>(index) * 37;
  return std::string(size, static_cast<char>('a' + index % 26));
}

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class ServiceThreads : public testing::Test {
 protected:
  ServiceThreads() {
    for (const char* folder : {"a", "b", "cloud", "state-a", "state-b"}) temp_.makeFolders(folder);
    for (int index = 0; index < kFiles; ++index) temp_.write("a/" + nameOf(index), bytesOf(index));
  }

  Config configOf(const std::string& device, ContentPolicy content) const {
    Config config;
    config.stateDir = temp_.at("state-" + device);
    config.deviceName = device;
    SpaceConfig space;
    space.name = kSpace;
    space.root = temp_.at(device);
    space.remote.url = "file://" + temp_.at("cloud");
    space.content = content;
    config.spaces.push_back(space);
    return config;
  }
  std::string uriOf(int index) const { return "file://" + temp_.at("b/" + nameOf(index)); }

  static std::shared_ptr<Service> open(const Config& config) {
    Result<std::shared_ptr<Service>> service = Service::open(config, Service::Sharing::equalConfig);
    EXPECT_TRUE(service.ok());
    return std::move(service).value();
  }

  // One run, to its end.
  static void sync(Service& service, Environment& environment) {
    Service::Reply start = environment.call();
    service.startSync(start, kSpace, {});
    EXPECT_TRUE(environment.answerTo(start).ok());
    Service::Reply idle = environment.call();
    service.whenIdle(idle);
    EXPECT_TRUE(environment.answerTo(idle).ok());
  }

  // Both devices know every file; b has no content.
  void prepare() {
    for (const std::string device : {"a", "b"}) {
      ContentPolicy content = device == "b" ? ContentPolicy::onDemand : ContentPolicy::all;
      std::shared_ptr<Service> service = open(configOf(device, content));
      Environment environment;
      sync(*service, environment);
      EXPECT_EQ(service->syncState(kSpace)->state, SyncState::completed);
      service->close();
    }
  }

  static void inEach(const std::function<void(int)>& body) {
    std::vector<std::jthread> threads;
    for (int number = 0; number < kEnvironments; ++number) {
      threads.emplace_back([&body, number] { body(number); });
    }
  }

  TempDirectory temp_;
};

TEST_F(ServiceThreads, FourEnvironmentsDownloadListAndSyncAtOnce) {
  prepare();
  Config config = configOf("b", ContentPolicy::onDemand);
  inEach([&](int number) {
    std::shared_ptr<Service> service = open(config);
    Environment environment;
    service->attach(environment.mailbox());
    // Three in four files are wanted by several environments, each at its own moment.
    std::size_t wanted = 0;
    for (int step = 0; step < kFiles; ++step) {
      int index = (step + number * 31) % kFiles;
      if (index % kEnvironments == number) continue;
      ++wanted;
      service->startDownload(environment.call(), static_cast<std::uint64_t>(index) + 1,
                             uriOf(index));
      if (step % 30 == number) service->startSync(environment.call(), kSpace, {});
      if (step % 40 == 5) service->plan(environment.call(), kSpace);
      if (step % 20 == 7) {
        Service::Reply list = environment.call();
        service->list(list, kSpace, "", "", 50);
        Result<Value> page = environment.answerTo(list);
        ASSERT_TRUE(page.ok());
        EXPECT_EQ(std::get<EntryPage>(*page).entries.size(), 50u);
      }
      EXPECT_TRUE(service->fileState(uriOf(index)).ok());
      EXPECT_TRUE(service->syncState(kSpace).ok());
    }
    environment.awaitDownloads(wanted);
    EXPECT_EQ(environment.refused(), std::vector<std::string>());
    for (const auto& [uri, state] : environment.finals()) {
      EXPECT_EQ(state, TransferState::completed) << uri;
    }
    Service::Reply idle = environment.call();
    service->whenIdle(idle);
    EXPECT_TRUE(environment.answerTo(idle).ok());
    service->detach(environment.mailbox());
  });
  for (int index = 0; index < kFiles; ++index) {
    EXPECT_EQ(readFile(temp_.at("b/" + nameOf(index))), bytesOf(index)) << index;
  }
}

// A watching device, its users on four threads, of which one also stops and starts it, and says
// that the battery is low and that it is not. What they wrote last is in the cloud, or is after one
// more run.
TEST_F(ServiceThreads, AWatchingDeviceAndWhoeverWritesStopsAndStarts) {
  Config config = configOf("a", ContentPolicy::all);
  config.watch.enabled = true;
  config.watch.quiet = std::chrono::milliseconds(5);
  for (auto method : {WatchOptions::Method::inotify, WatchOptions::Method::best}) {
    config.watch.method = method;
    inEach([&](int number) {
      std::shared_ptr<Service> service = open(config);
      Environment environment;
      service->attach(environment.mailbox());
      DeviceConditions conditions;
      EXPECT_TRUE(service->keepInSync(kSpace, conditions).ok());
      for (int step = 0; step < 40; ++step) {
        std::string name = "w" + std::to_string(number) + "/" + std::to_string(step % 9);
        temp_.write("a/" + name, bytesOf(step + 1));
        EXPECT_TRUE(service->syncState(kSpace).ok());
        if (number != 0 || step % 8 != 5) continue;
        conditions.overheated = !conditions.overheated;
        EXPECT_TRUE(service->keepInSync(kSpace, conditions).ok());
        Service::Reply stop = environment.call();
        service->stopSync(stop, kSpace);
        EXPECT_TRUE(environment.answerTo(stop).ok());
        service->startSync(environment.call(), kSpace, {});
      }
      EXPECT_TRUE(service->keepInSync(kSpace, {}).ok());
      if (number != 1) sync(*service, environment);  // the other leaves in the middle
      service->detach(environment.mailbox());
    });
  }
  config.watch.enabled = false;
  std::shared_ptr<Service> service = open(config);
  Environment environment;
  service->attach(environment.mailbox());
  sync(*service, environment);
  for (int number = 0; number < kEnvironments; ++number) {
    for (int step = 31; step < 40; ++step) {
      std::string name = "w" + std::to_string(number) + "/" + std::to_string(step % 9);
      EXPECT_EQ(readFile(temp_.at("cloud/" + name)), bytesOf(step + 1)) << name;
    }
  }
}

TEST_F(ServiceThreads, DownloadsThatOthersStopAndFreeComeToOneEndEach) {
  prepare();
  std::shared_ptr<Service> service = open(configOf("b", ContentPolicy::onDemand));
  inEach([&](int number) {
    Environment environment;
    service->attach(environment.mailbox());
    for (int index = 0; index < kFiles; ++index) {
      switch ((index + number) % kEnvironments) {
        case 0:
        case 1:
          service->startDownload(environment.call(), 1, uriOf(index));
          break;
        case 2: {
          Service::Reply stop = environment.call();
          auto partial = index % 2 == 0 ? Service::Partial::keep : Service::Partial::remove;
          service->stopDownload(stop, uriOf(index), partial);
          if (index % 10 == 0) {
            EXPECT_TRUE(environment.answerTo(stop).ok());
          }
          break;
        }
        default:
          // Freed, not there, or in use: whatever it is, others go on.
          (void)service->cleanFile(uriOf(index)).ok();
          if (index % 25 == 0) service->stopSync(environment.call(), kSpace);
      }
    }
    Service::Reply idle = environment.call();
    service->whenIdle(idle);
    EXPECT_TRUE(environment.answerTo(idle).ok());
    service->detach(environment.mailbox());
  });
  // What stands in the tree is whole.
  for (int index = 0; index < kFiles; ++index) {
    std::string path = temp_.at("b/" + nameOf(index));
    if (!std::filesystem::exists(path)) continue;
    EXPECT_EQ(readFile(path), bytesOf(index)) << index;
  }
  Environment environment;
  sync(*service, environment);
  EXPECT_EQ(service->syncState(kSpace)->state, SyncState::completed);
}

// A run, downloads and a walk are under way when the device closes; the next one goes on.
TEST_F(ServiceThreads, ClosingInTheMiddleLeavesATreeThatTheNextRunCompletes) {
  prepare();
  Config config = configOf("b", ContentPolicy::all);
  for (int round = 0; round < 5; ++round) {
    std::shared_ptr<Service> service = open(config);
    Environment environment;
    service->attach(environment.mailbox());
    Service::Reply start = environment.call();
    service->startSync(start, kSpace, {});
    if (round > 0) {
      EXPECT_TRUE(environment.answerTo(start).ok());
    }
    for (int index = round; index < 10 * round; ++index) {
      service->startDownload(environment.call(), 1, uriOf(index));
    }
    service->whenIdle(environment.call());
    service->close();
    EXPECT_FALSE(service->fileState(uriOf(0)).ok());
  }
  std::shared_ptr<Service> service = open(config);
  Environment environment;
  sync(*service, environment);
  EXPECT_EQ(service->syncState(kSpace)->state, SyncState::completed);
  for (int index = 0; index < kFiles; ++index) {
    EXPECT_EQ(readFile(temp_.at("b/" + nameOf(index))), bytesOf(index)) << index;
  }
}

}  // namespace
}  // namespace cloudsync
