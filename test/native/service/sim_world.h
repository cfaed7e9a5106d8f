#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "fs/sim_file_system.h"
#include "net/sim_transport.h"
#include "service/device.h"
#include "service/file_uri.h"

namespace cloudsync {

// Two devices, one cloud directory and their users, all on one simulated disk, in virtual time and
// in an order that a seed decides. The engine is the product's own, state store included.
//
//   SimWorld world(seed);
//   world.write("a", "1.jpg", "bytes");     // a user of device a
//   world.sync("a"); world.sync("b");
//   EXPECT_EQ(world.read("b", "1.jpg"), "bytes");
class SimWorld {
 public:
  explicit SimWorld(std::uint64_t seed, ContentPolicy contentOfB = ContentPolicy::all)
      : scheduler_(seed), random_(seed), contentOfB_(contentOfB) {
    files_ = std::make_unique<SimFileSystem>(scheduler_.clock());
    for (const char* folder : {"/a", "/b", "/cloud"}) files_->makeFolders(folder);
    files_->settle();
  }
  ~SimWorld() { closeAll(); }

  SimScheduler& scheduler() { return scheduler_; }
  SimFileSystem& files() { return *files_; }

  // As users. `where` is a, b or cloud. Time passes, so that no two writes share a tick.
  void write(std::string_view where, std::string_view path, std::string_view bytes) {
    rest();
    files_->write(at(where, path), bytes);
    rest();
  }
  void remove(std::string_view where, std::string_view path) {
    rest();
    files_->remove(at(where, path));
    rest();
  }
  std::optional<std::string> read(std::string_view where, std::string_view path) {
    return files_->read(at(where, path));
  }
  // What a user sees: everything but our own folder.
  std::vector<std::string> list(std::string_view where) {
    std::vector<std::string> seen;
    for (std::string& path : files_->list(at(where, ""))) {
      if (!path.starts_with(kReservedName)) seen.push_back(std::move(path));
    }
    return seen;
  }

  // One run of a device, to its end.
  SyncEvent sync(std::string_view name) {
    Space& space = *device(name).space("drive");
    Status started = wait(startSync(space));
    if (!started.ok()) {
      lastError = started.error();
      return SyncEvent{"drive", SyncState::downloadFailed, SyncError::unknown, true};
    }
    scheduler_.run();
    return space.syncState();
  }
  // Runs both until both have seen everything.
  void settle() {
    for (int round = 0; round < 3; ++round) {
      sync("a");
      sync("b");
    }
  }
  Status free(std::string_view name, std::string_view path) {
    Space& space = *device(name).space("drive");
    return wait(space.freeFile(RelPath::trusted(std::string(path))));
  }
  Result<FileSyncState> state(std::string_view name, std::string_view path) {
    return device(name).space("drive")->fileState(RelPath::trusted(std::string(path)));
  }
  // A person's download of one file, to its end.
  Status fetch(std::string_view name, std::string_view path) {
    return wait(download(*device(name).space("drive"), RelPath::trusted(std::string(path))));
  }

  // The process of every device dies where it is, and is started again on the same disk. Rows are
  // kept: the state database is not on the simulated disk yet.
  void crashAndRestart() {
    files_->crash();
    for (auto& entry : devices_) entry.second->cancelAll();
    scheduler_.run();
    std::vector<std::pair<std::string, std::unique_ptr<StateStore>>> stores;
    for (auto& [name, device] : devices_) stores.emplace_back(name, device->takeStore());
    devices_.clear();
    files_ = files_->afterKill();
    for (auto& [name, store] : stores) open(name, std::move(store));
  }

  Device& device(std::string_view name) {
    for (auto& entry : devices_) {
      if (entry.first == name) return *entry.second;
    }
    Result<std::unique_ptr<StateStore>> store = StateStore::openInMemory();
    return open(std::string(name), std::move(store).value());
  }

  // Runs `task` in virtual time.
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

  std::optional<Error> lastError;

 private:
  static std::string at(std::string_view where, std::string_view path) {
    std::string full("/");
    full.append(where);
    if (!path.empty()) full.append("/").append(path);
    return full;
  }
  void rest() { scheduler_.simClock().advance(std::chrono::seconds(3)); }

  static Task<Status> startSync(Space& space) {
    Status ready = co_await space.checkReady();
    if (!ready.ok()) co_return ready;
    co_return co_await space.startSync();
  }
  static Task<Status> download(Space& space, RelPath path) {
    Result<Space::Admission> admission = co_await space.admitDownload(path);
    if (!admission.ok()) co_return admission.error();
    if (admission->alreadyLocal) co_return Status();
    DownloadQueue::Order order = std::move(*admission->order);
    Result<std::shared_ptr<DownloadTask>> task =
        co_await space.startDownload(std::move(order), nullptr);
    if (!task.ok()) co_return task.error();
    co_await (*task)->ended.wait();
    const Result<BaseRow>& result = *(*task)->result;
    if (!result.ok()) co_return result.error();
    co_return Status();
  }

  Device& open(std::string name, std::unique_ptr<StateStore> store) {
    Config config;
    config.deviceName = name;
    SpaceConfig space;
    space.name = "drive";
    space.root = at(name, "");
    space.remote.url = "file:///cloud";
    space.content = name == "b" ? contentOfB_ : ContentPolicy::all;
    config.spaces.push_back(space);
    World world{*files_, scheduler_.clock(), random_, scheduler_, http_};
    Result<std::unique_ptr<Device>> device = Device::open(config, world, std::move(store));
    devices_.emplace_back(std::move(name), std::move(device).value());
    return *devices_.back().second;
  }
  void closeAll() {
    for (auto& entry : devices_) entry.second->cancelAll();
    scheduler_.run();
    devices_.clear();
  }

  SimScheduler scheduler_;
  SeededRandom random_;
  ContentPolicy contentOfB_;
  // Nobody is reached over it: the cloud of these worlds is a directory.
  SimTransport http_{
      scheduler_,
      1,
      [](const HttpRequest&, const std::string&) { return HttpResponse{404, {}, {}, 0}; },
      {}};
  std::unique_ptr<SimFileSystem> files_;
  std::vector<std::pair<std::string, std::unique_ptr<Device>>> devices_;
};

}  // namespace cloudsync
