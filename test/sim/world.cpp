#include "world.h"

#include <algorithm>
#include <utility>

#include "base/spawn.h"

namespace cloudsync::sim {

namespace {

using namespace std::chrono_literals;

constexpr Duration kCallTakes = 7us;
constexpr std::uint64_t kMostSteps = 400'000;  // of the scheduler, for one step of a history

bool startsWith(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

bool isOwn(std::string_view path) { return path.find("/.cloudsync") != std::string_view::npos; }

// Calls that may change what a user sees.
bool changes(std::string_view operation) {
  constexpr std::string_view kChanging[] = {
      "moveNoReplace", "moveReplacing", "exchange", "removeFile", "removeFolder",  "makeFolder",
      "writeAt",       "truncate",      "open",     "setTimes",   "setPermissions"};
  return std::find(std::begin(kChanging), std::end(kChanging), operation) != std::end(kChanging);
}

}  // namespace

World::World(const Setting& setting, std::string_view emptyState)
    : setting_(setting), schedule_(setting.seed), cloud_(setting, schedule_) {
  for (int number = 0; number < setting.devices; ++number) {
    Surroundings around{setting_, schedule_,
                        [this, number](const Call& call) { return onCall(number, call); },
                        [this](const HttpRequest& request, const std::string& body) {
                          return cloud_.answer(request, body);
                        }};
    std::string_view state = setting.newState ? "" : emptyState;
    machines_.push_back(std::make_unique<Machine>(number, std::move(around), cloud_.disk(), state));
  }
}

World::~World() = default;

void World::complain(Violation violation) {
  if (!violation_) violation_ = std::move(violation);
}

std::optional<Error> World::onCall(int number, const Call& call) {
  schedule_.clock().advance(kCallTakes);
  if (trace_ != nullptr) {
    *trace_ << "  " << callsInStep_ + 1 << " " << static_cast<char>('a' + number) << " "
            << call.operation << " " << call.path << "\n";
  }
  ++allCalls_;
  bool cloudCall = call.to != Call::To::ownDisk;
  // P7, and nobody writes into somebody else's.
  bool allowed = call.to == Call::To::cloudServer || startsWith(call.path, kRoot) ||
                 startsWith(call.path, kState) || startsWith(call.path, kMount) ||
                 call.path.starts_with("/scratch");
  if (!allowed) complain("P7: " + std::string(call.operation) + " of " + std::string(call.path));
  if (recording_ && changes(call.operation) && !isOwn(call.path) &&
      !startsWith(call.path, kState) && call.operation != "open") {
    changes_.push_back(std::string(call.operation) + " " + std::string(call.path));
  }
  if (recording_ && call.to == Call::To::cloudServer &&
      (call.operation == "PUT" || call.operation == "DELETE" || call.operation == "POST") &&
      call.path.find(".cloudsync") == std::string_view::npos) {
    changes_.push_back(std::string(call.operation) + " " + std::string(call.path));
  }
  if (inHook_ || violation_) return std::nullopt;
  inHook_ = true;
  if (lookDue_) {
    lookDue_ = false;
    look();
    checkContents({});
  }
  lookDue_ = call.to == Call::To::cloudServer
                 ? call.operation != "GET" && call.operation != "HEAD"
                 : changes(call.operation) && (cloudCall || startsWith(call.path, kRoot));
  ++callsInStep_;
  while (!pending_.empty() && pending_.back().call <= callsInStep_ && !violation_) interrupt();
  inHook_ = false;
  return std::nullopt;
}

// Between two calls of a run.
void World::interrupt() {
  Step step = std::move(pending_.back().step);
  pending_.pop_back();
  lookDue_ = true;
  if (step.where < setting_.devices && step.kind == Step::Kind::kill) {
    Machine& machine = *machines_[static_cast<std::size_t>(step.where)];
    unsettled_.insert(step.where);
    machine.kill();
    return;
  }
  play(step);
}

bool World::begin(Machine& machine) {
  refusals_[machine.number()] = "it did not start";
  Space* space = machine.space();
  if (space == nullptr) return false;
  ++runs_;
  spawn(machine.scheduler(), Lane::awaited, startSync(machine.number(), *space),
        [](std::exception_ptr failure) {
          if (failure) std::rethrow_exception(failure);
        });
  return true;
}

// Its answer is the state that the run leaves behind.
Task<void> World::startSync(int number, Space& space) {
  Task<Status> checking = space.checkReady();
  Status started = co_await checking;
  if (started.ok()) {
    Task<Status> starting = space.startSync();
    started = co_await starting;
  }
  refusals_[number] = started.ok() ? "" : started.error().message;
}

// To the end of everything that goes on anywhere.
void World::runAll() {
  playing_ = true;
  std::uint64_t steps = 0;
  bool more = true;
  while (more && !violation_) {
    more = schedule_.step();
    buryTheDead();
    if (++steps > kMostSteps) complain("P8: a run does not come to an end");
  }
  playing_ = false;
}

void World::buryTheDead() {
  for (const auto& machine : machines_) {
    if (machine->isDying()) machine->bury();
  }
}

void World::play(const Step& step) {
  if (violation_) return;
  bool nested = inHook_;
  if (trace_ != nullptr) *trace_ << (nested ? "  -- " : "== ") << toText(step) << "\n";
  if (!nested) {
    pending_ = step.during;
    std::stable_sort(pending_.begin(), pending_.end(),
                     [](const auto& a, const auto& b) { return a.call > b.call; });
    callsInStep_ = 0;
    lookDue_ = false;
  }
  using Kind = Step::Kind;
  switch (step.kind) {
    case Kind::write:
    case Kind::append:
    case Kind::edit:
    case Kind::truncate:
    case Kind::rename:
    case Kind::swap:
    case Kind::mkdir:
    case Kind::remove:
    case Kind::link:
      playAsUser(step);
      break;
    case Kind::sync:
      if (!nested) sync(step);
      break;
    case Kind::begin:
    case Kind::free:
    case Kind::fetch:
    case Kind::stop:
    case Kind::settle:
    case Kind::kill:
    case Kind::close:
    case Kind::backup:
    case Kind::restore:
    case Kind::full:
    case Kind::fail:
    case Kind::cutOff:
    case Kind::connect:
    case Kind::fault:
    case Kind::unmount:
      if (step.where >= 0 && step.where < setting_.devices) {
        playOnMachine(step, *machines_[static_cast<std::size_t>(step.where)]);
      }
      break;
    case Kind::power:
    case Kind::cloudPower:
    case Kind::lie:
    case Kind::jump:
      playOnCloud(step);
      break;
  }
  if (nested) return;
  // What was to happen in the middle happens at the end, if the end came first.
  while (!pending_.empty() && !violation_) {
    inHook_ = true;
    interrupt();
    inHook_ = false;
    buryTheDead();
    runAll();
  }
  if (!violation_) checkAfterStep();
}

}  // namespace cloudsync::sim
