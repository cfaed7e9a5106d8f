#include "service/service.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <utility>

#include "base/pool_scheduler.h"
#include "base/spawn.h"
#include "fs/posix_file_system.h"
#include "net/curl_transport.h"
#include "net/paced_transport.h"
#include "service/calls.h"
#include "service/device.h"
#include "service/download_watch.h"
#include "service/registry.h"

namespace cloudsync {

namespace {

using namespace std::chrono_literals;

constexpr auto kLongestClose = 2s;
constexpr auto kCancelAgain = 20ms;

// The real world and a device in it, in the order in which they need each other.
// Whoever asks for more transfers at once begins with them, until the host says what it thinks.
HostPace::Limits paceFor(const LimitsConfig& limits) {
  HostPace::Limits pace;
  pace.first = std::max(pace.first, static_cast<double>(limits.transfers));
  pace.most = std::max(pace.most, pace.first);
  return pace;
}

struct Core {
  explicit Core(const LimitsConfig& limits)
      : network(scheduler, {.bufferBytes = static_cast<std::size_t>(limits.memoryBytes)}),
        http(network, scheduler, paceFor(limits)) {}

  SystemClock clock;
  SystemRandom random;
  PosixFileSystem files;
  PoolScheduler scheduler{clock, {}};
  CurlTransport network;
  PacedTransport http;
  std::unique_ptr<OwnerLock> lock;
  std::unique_ptr<Device> device;
};

Error closedError() {
  return Error{ErrorKind::unavailable, "the device is closed; open it again", "", 0};
}

// The conditions of the device, in the order of the reference.
Status checkConditions(const DeviceConditions& conditions) {
  if (!conditions.networkAvailable) {
    return Error{ErrorKind::network, "the device has no network", "", 0};
  }
  return Status();
}

Status checkPower(const DeviceConditions& conditions) {
  if (!conditions.charging && conditions.batteryPercent < 10) {
    return Error{ErrorKind::lowBattery, "the battery is below 10 % and not charging", "", 0};
  }
  if (conditions.overheated) {
    return Error{ErrorKind::overheated, "the device is too hot", "", 0};
  }
  return Status();
}

Result<FileSyncState> stateOf(Core& core, const std::string& uri) {
  Result<Device::Place> place = core.device->resolve(uri);
  if (!place.ok()) return place.error();
  return place->space->fileState(place->path);
}

class ProductionService final : public Service {
 public:
  ProductionService(std::unique_ptr<Core> core, std::string stateDir)
      : owned_(std::move(core)), core_(*owned_), stateDir_(std::move(stateDir)) {}
  ~ProductionService() override { close(); }

  void attach(std::shared_ptr<Mailbox> mailbox) override {
    core_.device->hub().attach(std::move(mailbox));
  }
  void detach(const std::shared_ptr<Mailbox>& mailbox) override {
    if (owned_) core_.device->hub().detach(mailbox);
  }

  void startSync(Reply reply, std::string space, DeviceConditions conditions) override {
    run(std::move(reply), startTask(core_, std::move(space), conditions));
  }
  void stopSync(Reply reply, std::string space) override {
    run(std::move(reply), stopTask(core_, std::move(space)));
  }
  Result<SyncEvent> syncState(const std::string& name) override {
    if (closing_) return closedError();
    Space* space = core_.device->space(name);
    if (!space) return noSuchSpace(name);
    return space->syncState();
  }
  Result<std::int64_t> lastSyncTime(const std::string& name) override {
    if (closing_) return closedError();
    Space* space = core_.device->space(name);
    if (!space) return noSuchSpace(name);
    return space->memory().read().lastSyncTime;
  }

  void startDownload(Reply reply, std::uint64_t watcher, std::string uri) override {
    if (refused(reply)) return;
    core_.device->activity().run(Lane::awaited,
                                 downloadTask(core_, std::move(reply), watcher, std::move(uri)));
  }
  void stopDownload(Reply reply, std::string uri, Partial partial) override {
    run(std::move(reply), stopDownloadTask(core_, std::move(uri), partial));
  }
  Status cleanFile(const std::string& uri) override {
    if (closing_) return closedError();
    Result<Device::Place> place = core_.device->resolve(uri);
    if (!place.ok()) return place.error();
    return blockOn(core_.scheduler, Lane::awaited, place->space->freeFile(place->path));
  }

  Status limitBandwidth(ByteCount uploadPerSecond, ByteCount downloadPerSecond) override {
    if (closing_) return closedError();
    core_.network.limitBandwidth(uploadPerSecond, downloadPerSecond);
    return Status();
  }

  Result<FileSyncState> fileState(const std::string& uri) override {
    if (closing_) return closedError();
    return stateOf(core_, uri);
  }
  void fileStates(Reply reply, std::vector<std::string> uris) override {
    run(std::move(reply), statesTask(core_, std::move(uris)));
  }
  void list(Reply reply, std::string space, std::string prefix, std::string after,
            std::size_t limit) override {
    run(std::move(reply),
        listTask(core_, std::move(space), std::move(prefix), std::move(after), limit),
        Lane::background);
  }
  void plan(Reply reply, std::string space) override {
    run(std::move(reply), planTask(core_, std::move(space)));
  }
  void confirm(Reply reply, std::string planId) override {
    run(std::move(reply), calls::confirm(*core_.device, std::move(planId)));
  }
  void unlink(Reply reply, std::string space) override {
    run(std::move(reply), calls::unlink(*core_.device, std::move(space)));
  }
  void remove(Reply reply, std::string uri, Depth depth) override {
    run(std::move(reply),
        calls::remove(*core_.device, std::move(uri),
                      depth == Depth::alone ? Space::Depth::alone : Space::Depth::withContent));
  }
  void move(Reply reply, std::string uri, std::string to) override {
    run(std::move(reply), calls::move(*core_.device, std::move(uri), std::move(to)));
  }
  void trash(Reply reply, std::string space, std::string after) override {
    run(std::move(reply), calls::trash(*core_.device, std::move(space), std::move(after)));
  }
  void restore(Reply reply, std::string space, std::string id) override {
    run(std::move(reply), calls::restore(*core_.device, std::move(space), std::move(id)));
  }
  void versions(Reply reply, std::string uri) override {
    run(std::move(reply), calls::versions(*core_.device, std::move(uri)));
  }
  void restoreVersion(Reply reply, std::string uri, std::string id) override {
    run(std::move(reply), calls::restoreVersion(*core_.device, std::move(uri), std::move(id)));
  }
  void whenIdle(Reply reply) override {
    if (refused(reply)) return;
    spawn(core_.scheduler, Lane::transfer, idleTask(core_.device->activity(), std::move(reply)),
          [](std::exception_ptr) {});
  }

  void close() override;

 private:
  bool refused(const Reply& reply) {
    if (!closing_) return false;
    reply.mailbox->post(Settled{reply.call, closedError()});
    return true;
  }

  // Answers `reply` with what `task` comes to.
  void run(Reply reply, Task<Result<Value>> task, Lane lane = Lane::awaited) {
    if (refused(reply)) return;
    core_.device->activity().run(lane, answer(std::move(reply), std::move(task)));
  }

  static Task<void> answer(Reply reply, Task<Result<Value>> task) {
    Result<Value> result = Error{};
    try {
      result = co_await task;
    } catch (const std::exception& bug) {
      result = Error{ErrorKind::internal, bug.what(), "", 0};
    }
    reply.mailbox->post(Settled{reply.call, std::move(result)});
  }

  // The calls as coroutines. They hold the core, not this: when a close has to leave a core
  // behind, what still runs in it must not need the service.
  static Task<Result<Value>> startTask(Core& core, std::string name, DeviceConditions conditions);
  static Task<Result<Value>> stopTask(Core& core, std::string name);
  static Task<Result<Value>> stopDownloadTask(Core& core, std::string uri, Partial partial);
  static Task<Result<Value>> statesTask(Core& core, std::vector<std::string> uris);
  static Task<Result<Value>> listTask(Core& core, std::string space, std::string prefix,
                                      std::string after, std::size_t limit);
  static Task<Result<Value>> planTask(Core& core, std::string space);
  static Task<void> idleTask(Activity& activity, Reply reply);
  static Task<void> downloadTask(Core& core, Reply reply, std::uint64_t watcher, std::string uri);

  std::unique_ptr<Core> owned_;
  Core& core_;  // what owned_ holds; outlives it when a close had to leave it behind
  const std::string stateDir_;
  std::atomic<bool> closing_{false};
};

Task<Result<Value>> ProductionService::startTask(Core& core, std::string name,
                                                 DeviceConditions conditions) {
  Status network = checkConditions(conditions);
  if (!network.ok()) co_return network.error();
  Space* space = core.device->space(name);
  if (!space) co_return noSuchSpace(name);
  Status power = checkPower(conditions);
  Status usable = co_await space->checkReady();
  if (!usable.ok()) co_return usable.error();
  if (!power.ok()) co_return power.error();
  Status started = co_await space->startSync();
  co_return valueOf(started);
}

Task<Result<Value>> ProductionService::stopTask(Core& core, std::string name) {
  Space* space = core.device->space(name);
  if (!space) co_return Value{};  // nothing of it can be running
  Status stopped = co_await space->stopSync();
  co_return valueOf(stopped);
}

Task<Result<Value>> ProductionService::stopDownloadTask(Core& core, std::string uri,
                                                        Partial partial) {
  Result<Device::Place> place = core.device->resolve(uri);
  if (!place.ok()) co_return place.error();
  Space::Partial kept = partial == Partial::keep ? Space::Partial::keep : Space::Partial::remove;
  Status stopped = co_await place->space->stopDownload(place->path, kept);
  co_return valueOf(stopped);
}

Task<Result<Value>> ProductionService::statesTask(Core& core, std::vector<std::string> uris) {
  std::vector<int> states;
  states.reserve(uris.size());
  for (const std::string& uri : uris) {
    Result<FileSyncState> state = stateOf(core, uri);
    if (!state.ok()) co_return state.error();
    states.push_back(static_cast<int>(*state));
  }
  co_return Value{std::move(states)};
}

Task<Result<Value>> ProductionService::listTask(Core& core, std::string name, std::string prefix,
                                                std::string after, std::size_t limit) {
  Space* space = core.device->space(name);
  if (!space) co_return noSuchSpace(name);
  Result<EntryPage> page = co_await space->list(std::move(prefix), std::move(after), limit);
  if (!page.ok()) co_return page.error();
  co_return Value{std::move(*page)};
}

Task<Result<Value>> ProductionService::planTask(Core& core, std::string name) {
  Space* space = core.device->space(name);
  if (!space) co_return noSuchSpace(name);
  Result<PlanInfo> plan = co_await space->plan();
  if (!plan.ok()) co_return plan.error();
  co_return Value{std::move(*plan)};
}

Task<void> ProductionService::idleTask(Activity& activity, Reply reply) {
  co_await activity.whenIdle();
  reply.mailbox->post(Settled{reply.call, Value{}});
}

Task<void> ProductionService::downloadTask(Core& core, Reply reply, std::uint64_t watcher,
                                           std::string uri) {
  auto settle = [&reply](Result<Value> result) {
    reply.mailbox->post(Settled{reply.call, std::move(result)});
  };
  Result<Device::Place> place = core.device->resolve(uri);
  if (!place.ok()) {
    settle(place.error());
    co_return;
  }
  Space& space = *place->space;
  Result<Space::Admission> admission = co_await space.admitDownload(place->path);
  Result<TaskId> id = core.device->store().nextTaskId();
  if (!admission.ok() || !id.ok()) {
    settle(admission.ok() ? id.error() : admission.error());
    co_return;
  }
  // The call is settled before the first event of its task: both travel in one mailbox.
  settle(Value{id->value});
  auto watch = std::make_shared<DownloadWatch>(core.clock, reply.mailbox, watcher, uri);
  if (admission->alreadyLocal) {
    watch->alreadyLocal(*id, admission->size);
    co_return;
  }
  DownloadQueue::Order order = std::move(*admission->order);
  order.id = *id;
  Result<std::shared_ptr<DownloadTask>> task =
      co_await space.startDownload(std::move(order), watch);
  if (!task.ok()) watch->failed(*id, task.error());
}

void ProductionService::close() {
  if (closing_.exchange(true)) return;
  Registry::forget(stateDir_);
  auto idle = std::make_shared<std::promise<void>>();
  std::future<void> ended = idle->get_future();
  struct Waiting {
    static Task<void> forIdle(Activity& activity) { co_await activity.whenIdle(); }
  };
  spawn(core_.scheduler, Lane::transfer, Waiting::forIdle(core_.device->activity()),
        [idle](std::exception_ptr) { idle->set_value(); });
  auto deadline = std::chrono::steady_clock::now() + kLongestClose;
  // Again and again: a call that was accepted just before may start its work only now.
  do {
    core_.device->cancelAll();
  } while (ended.wait_for(kCancelAgain) != std::future_status::ready &&
           std::chrono::steady_clock::now() < deadline);
  if (ended.wait_for(0s) != std::future_status::ready) {
    // A thread is stuck in the kernel (an fsync on a dying disk). What is on disk is crash-safe;
    // the process must not hang for it. The core stays behind, still owning what that thread uses.
    (void)owned_.release();
    return;
  }
  core_.scheduler.stop();  // nobody of the pool touches what goes now
  // Whatever does not reach the disk here is found by the next start.
  (void)core_.device->store().close().ok();
  owned_.reset();
}

}  // namespace

Result<std::shared_ptr<Service>> Service::open(const Config& config, Sharing sharing) {
  const auto turn = Registry::takeTurn();
  if (sharing == Sharing::equalConfig) {
    if (std::shared_ptr<Service> open = Registry::find(config)) return open;
  }
  auto core = std::make_unique<Core>(config.limits);
  Result<std::unique_ptr<OwnerLock>> lock = OwnerLock::take(core->files, config.stateDir);
  if (!lock.ok()) return lock.error();
  core->lock = std::move(*lock);
  Result<std::unique_ptr<StateStore>> store = StateStore::open(config.stateDir);
  if (!store.ok() && store.error().kind == ErrorKind::corrupt) {
    // The damaged one was set aside; the first run on a fresh one is a union and deletes nothing.
    store = StateStore::open(config.stateDir);
  }
  if (!store.ok()) return store.error();
  World world{core->files, core->clock, core->random, core->scheduler, core->http};
  Result<std::unique_ptr<Device>> device = Device::open(config, world, std::move(*store));
  if (!device.ok()) return device.error();
  core->device = std::move(*device);
  core->network.limitBandwidth(config.limits.uploadBytesPerSecond,
                               config.limits.downloadBytesPerSecond);
  auto service = std::make_shared<ProductionService>(std::move(core), config.stateDir);
  Registry::remember(config, service);
  return std::shared_ptr<Service>(service);
}

}  // namespace cloudsync
