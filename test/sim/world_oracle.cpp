// What is asserted about a world: the promises of the engine, as far as they can be seen from
// outside of it.
#include <algorithm>

#include "base/rel_path.h"
#include "world.h"

namespace cloudsync::sim {

namespace {

using namespace std::chrono_literals;

std::string nameOf(int where) {
  return where == kCloud ? "the cloud" : "device " + std::string(1, static_cast<char>('a' + where));
}

std::string shortened(const std::string& bytes) {
  constexpr std::size_t kShown = 40;
  std::string text("'");
  return text.append(bytes, 0, kShown).append(bytes.size() > kShown ? "…'" : "'");
}

}  // namespace

// Everything everywhere, once. P2: whatever is in sight is one complete content.
void World::look() {
  ledger_.beginLook();
  auto visitorFor = [this](int where) {
    return [this, where](const std::string& path, const std::string& bytes, Shelf shelf) {
      if (path.ends_with('/')) return;
      ledger_.see(bytes, shelf, bitOf(where));
      if (shelf == Shelf::tree && !ledger_.knows(bytes)) {
        complain("P2: " + path + " on " + nameOf(where) +
                 " holds what nobody wrote: " + shortened(bytes));
      }
    };
  };
  for (const auto& machine : machines_) {
    visitTree(machine->disk(), kRoot, visitorFor(machine->number()));
  }
  cloud_.visit(visitorFor(kCloud));
}

void World::checkContents(const Ledger::Terms& terms) {
  Ledger::Terms all = terms;
  all.cloudForgets = !cloud_.keepsVersions();
  if (std::optional<std::string> complaint = ledger_.compare(all)) complain(*complaint);
}

void World::checkAfterStep() {
  look();
  // Until a device that died was put right by a run, what it holds may lie in its own folder only.
  checkContents({.tempCounts = true, .mustShow = unsettled_.empty()});
  checkOutside();
  for (const auto& machine : machines_) {
    if (!violation_ && machine->runs() && !machine->isDying()) checkStates(*machine);
  }
}

// P5: what a device calls uploaded, or in step, has been in the cloud.
void World::checkStates(Machine& machine) {
  if (machine.way() != Machine::Way::open) return;
  Space* space = machine.space();
  if (space == nullptr) return;
  for (const auto& [path, bytes] : treeOf(machine.number())) {
    if (path.ends_with('/') || ledger_.wasInCloud(bytes)) continue;
    Result<FileSyncState> state = space->fileState(RelPath::trusted(path));
    if (!state.ok()) continue;
    if (*state == FileSyncState::uploadSuccess || *state == FileSyncState::completed) {
      complain("P5: " + nameOf(machine.number()) + " calls " + path +
               " in step, and the cloud never had " + shortened(bytes));
      return;
    }
  }
}

void World::checkOutside() {
  for (const auto& machine : machines_) {
    std::vector<std::string> files = machine->disk().list(kOutside);
    std::optional<std::string> secret = machine->disk().read(std::string(kOutside) + "/secret");
    if (files.size() != 1 || secret != "somebody else's") {
      complain("P7: somebody else's files changed on " + nameOf(machine->number()));
    }
  }
}

World::Tree World::treeOf(int where) const {
  Tree tree;
  auto visitor = [&tree](const std::string& path, const std::string& bytes, Shelf shelf) {
    if (shelf == Shelf::tree) tree[path] = bytes;
  };
  if (where == kCloud) {
    cloud_.visit(visitor);
  } else {
    visitTree(machines_[static_cast<std::size_t>(where)]->disk(), kRoot, visitor);
  }
  return tree;
}

// A power cut may undo what a user did, and may leave what he was writing in any state; it takes
// nothing that was on the platter, and nothing that the engine put in anybody's sight is torn.
void World::afterPowerCut(unsigned disks, const std::map<int, std::set<std::uint64_t>>& dirty) {
  auto judge = [&](int where, const SimFileSystem& disk, std::string_view root) {
    if ((disks & bitOf(where)) == 0) return;
    visitTree(disk, root, [&](const std::string& path, const std::string& bytes, Shelf shelf) {
      if (shelf != Shelf::tree || path.ends_with('/') || ledger_.knows(bytes)) return;
      std::uint64_t inode = disk.stat(std::string(root) + "/" + path)->inode;
      auto written = dirty.find(where);
      if (written == dirty.end() || !written->second.contains(inode)) return;
      ledger_.learn(bytes);
    });
  };
  for (const auto& machine : machines_) judge(machine->number(), machine->disk(), kRoot);
  if (cloud_.isDirectory()) judge(kCloud, *cloud_.disk(), kMount);
  look();
  checkContents({.tempCounts = true, .lost = disks});
  for (auto& [where, inodes] : dirty_) {
    if ((disks & bitOf(where)) != 0) inodes.clear();
  }
  look();
  ledger_.accept();
}

void World::comeToRest() {
  if (violation_) return;
  for (const auto& machine : machines_) {
    if (machine->runs()) {
      Step close{Step::Kind::close, machine->number(), {}, {}, 0, {}};
      play(close);
    }
    machine->setWay(Machine::Way::open);
    machine->failCloudCalls(0);
    machine->failOwnCalls(0);
    machine->disk().disk().setCapacity(std::uint64_t{1} << 40U);
  }
  cloud_.lie(0);
  rest(5s);
  for (int round = 1; round <= 2 && !violation_; ++round) {
    for (const auto& machine : machines_) {
      rest(1s);
      Step sync{Step::Kind::sync, 0, {}, {}, std::int64_t{1} << machine->number(), {}};
      play(sync);
      if (violation_) return;
      Space* space = machine->space();
      SyncState state = space ? space->syncState().state : SyncState::downloadFailed;
      const std::string& refusal = refusals_[machine->number()];
      if (round == 1 || (state == SyncState::completed && refusal.empty())) continue;
      if (serverHoldsBoth()) return;
      complain("P6: the second quiet run of " + nameOf(machine->number()) + " is not complete: " +
               (refusal.empty() ? "state " + std::to_string(static_cast<int>(state)) : refusal));
    }
  }
  if (serverHoldsBoth()) return;
  if (!violation_) checkAgreement();
  for (const auto& machine : machines_) {
    if (!violation_) checkQuiet(*machine);
  }
}

// A server keeps `a` and `a/x` side by side, and no disk does: runs say that they are not complete,
// and nothing is lost.
bool World::serverHoldsBoth() const {
  if (cloud_.isDirectory()) return false;
  Tree cloud = treeOf(kCloud);
  return std::any_of(cloud.begin(), cloud.end(), [&cloud](const auto& object) {
    if (object.first.ends_with('/')) return false;
    std::string folder = object.first + "/";
    auto below = cloud.lower_bound(folder);
    return below != cloud.end() && below->first.starts_with(folder);
  });
}

// A link stands at it, above it or, for a directory, in it: what is not carried stays as it is.
bool World::isBehindLink(Machine& machine, const std::string& path) const {
  std::string root(kRoot);
  for (std::size_t slash = path.find('/'); true; slash = path.find('/', slash + 1)) {
    std::optional<FileStat> stat = machine.disk().stat(root + "/" + path.substr(0, slash));
    if (stat && stat->type == FileType::symlink) return true;
    if (slash == std::string::npos) break;
  }
  if (!path.ends_with('/')) return false;
  std::vector<std::string> below = machine.disk().list(root + "/" + path);
  return std::any_of(below.begin(), below.end(), [&](const std::string& name) {
    return machine.disk().stat(root + "/" + path + name)->type == FileType::symlink;
  });
}

// P6: all trees are equal, but for what is in the cloud only; P8: nothing is left lying about.
void World::checkAgreement() {
  look();
  checkContents({.tempCounts = false, .mustShow = true});
  Tree cloud = treeOf(kCloud);
  for (const auto& machine : machines_) {
    if (!violation_) compareTrees(*machine, cloud);
    if (!violation_) checkTidy(*machine);
  }
  if (cloud.size() > 4 * ledger_.size() + 64) complain("P8: too many conflict copies");
}

void World::compareTrees(Machine& machine, const Tree& cloud) {
  int number = machine.number();
  bool onDemand = (setting_.onDemand >> static_cast<unsigned>(number) & 1U) != 0;
  Tree local = treeOf(number);
  for (const auto& [path, bytes] : local) {
    auto there = cloud.find(path);
    auto below = cloud.lower_bound(path);
    bool implied = path.ends_with('/') && !cloud_.isDirectory() && below != cloud.end() &&
                   below->first.starts_with(path);
    bool same = there == cloud.end() ? implied : there->second == bytes;
    if (same || isBehindLink(machine, path)) continue;
    complain("P6: " + path + " differs between " + nameOf(number) + " (" + shortened(bytes) +
             ") and the cloud" +
             (there == cloud.end() ? ", which has none" : " (" + shortened(there->second) + ")"));
    return;
  }
  for (const auto& [path, bytes] : cloud) {
    bool mayBeAway = onDemand || freed_[number].contains(path);
    if (mayBeAway || local.contains(path) || isBehindLink(machine, path)) continue;
    complain("P6: " + path + " is in the cloud and not on " + nameOf(number));
    return;
  }
}

void World::checkTidy(Machine& machine) {
  std::string where = nameOf(machine.number());
  for (const std::string& name : machine.disk().list(std::string(kRoot) + "/.cloudsync/tmp")) {
    complain("P8: " + name + " is left in tmp on " + where);
  }
  Result<std::vector<Licence>> licences =
      machine.device().store().licences(machine.device().space("drive")->id());
  if (!licences.ok() || !licences->empty()) complain("P8: licences are left on " + where);
}

// P6: one more run changes nothing on either side.
void World::checkQuiet(Machine& machine) {
  recording_ = true;
  changes_.clear();
  Step sync{Step::Kind::sync, 0, {}, {}, std::int64_t{1} << machine.number(), {}};
  play(sync);
  recording_ = false;
  if (!changes_.empty()) {
    complain("P6: a run with nothing to do on " + nameOf(machine.number()) + ": " +
             changes_.front());
  }
}

}  // namespace cloudsync::sim
