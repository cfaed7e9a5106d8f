#include "machine.h"

#include <cerrno>
#include <utility>

#include "base/spawn.h"
#include "store/sqlite_state_store.h"

namespace cloudsync::sim {

namespace {

constexpr const char* kBucket = "s3://bucket/p?endpoint=http://sim";

bool isBelow(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// The disk of the machine with the cloud's mounted in it.
class MountedFiles final : public FileSystem {
 public:
  MountedFiles(SimFileSystem& own, const std::unique_ptr<SimFileSystem>& cloud,
               const Machine::Way& way)
      : own_(own), cloud_(cloud), way_(way) {}

  Result<std::unique_ptr<Folder>> openRoot(const std::string& path) override {
    bool mounted = cloud_ && way_ != Machine::Way::unmounted && isBelow(path, kMount);
    return mounted ? cloud_->openRoot(path) : own_.openRoot(path);
  }
  Status makeRoot(const std::string& path) override { return own_.makeRoot(path); }

 private:
  SimFileSystem& own_;
  const std::unique_ptr<SimFileSystem>& cloud_;
  const Machine::Way& way_;
};

// What lies between a process and the network's first router.
class Wire final : public HttpTransport {
 public:
  Wire(HttpTransport& network, std::function<std::optional<Error>(const HttpRequest&)> gate)
      : network_(network), gate_(std::move(gate)) {}

  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override {
    std::optional<Error> refused = gate_(request);
    if (refused) co_return *refused;
    Task<Result<HttpResponse>> sending =
        network_.perform(std::move(request), upload, download, std::move(cancel));
    co_return co_await sending;
  }

 private:
  HttpTransport& network_;
  const std::function<std::optional<Error>(const HttpRequest&)> gate_;
};

Error broken(Call::To to, std::string_view path) {
  switch (to) {
    case Call::To::ownDisk:
    case Call::To::cloudDisk:
      return fromErrno(EIO, "the simulated disk does not answer", path);
    case Call::To::cloudServer:
      break;
  }
  return Error{ErrorKind::network, "the simulated network is away", std::string(path), 0};
}

}  // namespace

// Members in the order in which they need each other; the device goes first.
struct Machine::Process {
  Process(Machine& machine, std::uint64_t seed)
      : scheduler(machine.around_.schedule),
        own(machine.disk_->anotherProcess()),
        cloud(machine.cloudDisk_ ? machine.cloudDisk_->anotherProcess() : nullptr),
        files(*own, cloud, machine.way_),
        random(seed),
        network(scheduler, seed,
                [&machine](const HttpRequest& request, const std::string& body) {
                  HttpResponse answer = machine.around_.server(request, body);
                  machine.gate({Call::To::cloudServer, request.method, request.url});
                  return answer;
                },
                {}),
        wire(network,
             [&machine](const HttpRequest& request) -> std::optional<Error> {
               if (machine.process_->dying || machine.way_ != Way::open) {
                 return broken(Call::To::cloudServer, request.url);
               }
               if (machine.cloudFaults_ > 0) {
                 constexpr SimFault::Kind kKinds[] = {
                     SimFault::Kind::loseAnswer, SimFault::Kind::unavailable,
                     SimFault::Kind::refuse, SimFault::Kind::cutBody};
                 auto kind = static_cast<std::size_t>(machine.cloudFaults_-- % 4);
                 machine.process_->network.script({kKinds[kind], 3});
               }
               return std::nullopt;
             }),
        vfs(*own, machine.around_.schedule.clock(), seed),
        stateFiles(*own) {
    watch(machine);
  }

  void watch(Machine& machine) {
    own->setHook([&machine](const SimCall& call) {
      return machine.gate({Call::To::ownDisk, call.operation, call.path});
    });
    if (!cloud) return;
    cloud->setHook([&machine](const SimCall& call) {
      return machine.gate({Call::To::cloudDisk, call.operation, call.path});
    });
  }

  ProcessScheduler scheduler;
  std::vector<std::unique_ptr<SimFileSystem>> oldClouds;  // handles may still point there
  std::unique_ptr<SimFileSystem> own;
  std::unique_ptr<SimFileSystem> cloud;
  MountedFiles files;
  SeededRandom random;
  SimTransport network;
  Wire wire;
  SimVfs vfs;
  SimStateFiles stateFiles;
  std::unique_ptr<Device> device;
  bool dying = false;
};

Machine::Machine(int number, Surroundings around, SimFileSystem* cloudDisk,
                 std::string_view emptyState)
    : number_(number), around_(std::move(around)), cloudDisk_(cloudDisk) {
  SimOptions options;
  options.leases = around_.setting.leases;
  options.exchange = around_.setting.exchange;
  disk_ = std::make_unique<SimFileSystem>(around_.schedule.clock(), options);
  for (std::string_view folder : {kRoot, kState, kMount}) disk_->makeFolders(folder);
  disk_->write(std::string(kOutside) + "/secret", "somebody else's");
  if (!emptyState.empty()) disk_->write(std::string(kState) + "/state.sqlite3", emptyState);
  disk_->settle();
}

Machine::~Machine() {
  if (!process_) return;
  kill();
  bury();
}

std::optional<Error> Machine::gate(const Call& call) {
  std::optional<Error> refused = around_.onCall(call);
  if (refused || !process_ || process_->dying) return refused;
  if (call.to == Call::To::ownDisk && ownFaults_ > 0) {
    --ownFaults_;
    return broken(call.to, call.path);
  }
  if (call.to != Call::To::cloudDisk) return std::nullopt;
  if (way_ != Way::open) return broken(call.to, call.path);
  if (cloudFaults_ == 0) return std::nullopt;
  --cloudFaults_;
  return broken(call.to, call.path);
}

void Machine::start() {
  std::uint64_t seed =
      around_.setting.seed * 1'000'003 + static_cast<std::uint64_t>(number_) * 101 + ++processes_;
  process_ = std::make_unique<Process>(*this, seed);
  Process& process = *process_;
  StoreOptions options;
  options.directory = kState;
  options.clock = &around_.schedule.clock();
  options.vfs = process.vfs.name();
  options.files = &process.stateFiles;
  Result<std::unique_ptr<StateStore>> store = openStateStore(options);
  if (!store && store.error().kind == ErrorKind::corrupt) store = openStateStore(options);
  if (!store) {
    lastError = store.error();
    return;
  }
  Config config;
  config.deviceName = deviceName();
  SpaceConfig space;
  space.name = "drive";
  space.root = kRoot;
  space.remote.url = cloudDisk_ ? "file://" + std::string(kMount) : kBucket;
  if (!cloudDisk_) {
    space.remote.options = {{"credentials.accessKeyId", "id"},
                            {"credentials.secretAccessKey", "secret"}};
  }
  bool onDemand = (around_.setting.onDemand >> static_cast<unsigned>(number_) & 1U) != 0;
  space.content = onDemand ? ContentPolicy::onDemand : ContentPolicy::all;
  config.spaces.push_back(space);
  World world{process.files, around_.schedule.clock(), process.random, process.scheduler,
              process.wire};
  Result<std::unique_ptr<Device>> device = Device::open(config, world, std::move(*store));
  if (device) {
    process.device = std::move(*device);
  } else {
    lastError = device.error();
  }
}

Space* Machine::space() {
  if (!process_) start();
  if (process_->dying || !process_->device) {
    if (!process_->dying) kill();
    bury();
    return nullptr;
  }
  return process_->device->space("drive");
}

bool Machine::runs() const { return process_ && process_->device; }
Scheduler& Machine::scheduler() { return process_->scheduler; }
Device& Machine::device() { return *process_->device; }
std::uint64_t Machine::stateWrites() const { return process_ ? process_->vfs.writes() : 0; }

void Machine::kill() {
  if (!process_) return;
  process_->dying = true;
  process_->own->crash();
  if (process_->cloud) process_->cloud->crash();
}

bool Machine::isDying() const { return process_ && process_->dying; }

void Machine::bury() {
  process_->scheduler.destroyEverything();
  process_.reset();
}

void Machine::cutPower(std::uint64_t seed) {
  kill();
  // The dead process keeps the old disk until it is buried.
  disk_ = disk_->afterPowerLoss(seed);
}

void Machine::close() {
  if (!process_ || !process_->device) return;
  (void)process_->device->store().close().ok();
  bury();
}

void Machine::replaceCloudDisk(SimFileSystem* cloudDisk) {
  cloudDisk_ = cloudDisk;
  if (!process_ || !process_->cloud) return;
  process_->cloud->crash();
  process_->oldClouds.push_back(std::move(process_->cloud));
  process_->cloud = cloudDisk->anotherProcess();
  process_->watch(*this);
}

std::string emptyState() {
  Setting setting;
  setting.newState = true;
  Schedule schedule(1);
  SimFileSystem nowhere(schedule.clock());
  nowhere.makeFolders(kMount);
  Surroundings around{setting, schedule, [](const Call&) { return std::nullopt; }, {}};
  Machine machine(0, around, &nowhere, "");
  if (!machine.space()) return "";
  machine.close();
  return machine.disk().read(std::string(kState) + "/state.sqlite3").value_or("");
}

}  // namespace cloudsync::sim
