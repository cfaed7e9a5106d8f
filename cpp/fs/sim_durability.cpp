// The half of SimDisk that knows the platter: what a sync makes certain, and what a power cut may
// leave of the rest.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "fs/sim_disk.h"

namespace cloudsync {

namespace {

// Does `later` build on `earlier`? A journal never commits the one without the other.
bool buildsOn(const SimNameStep& later, const SimNameStep& earlier) {
  if (later.movesFolder && earlier.movesFolder) return true;
  for (const SimChange& before : earlier.changes) {
    if (later.removedFolder && before.folder == later.removedFolder) return true;
    for (const SimChange& after : later.changes) {
      if (after.folder == before.folder && after.name == before.name) return true;
      if (after.folder == before.node) return true;  // the folder it writes into was made or moved
    }
  }
  return false;
}

// Copies nodes with what hangs on them, each once, without the kernel's bookkeeping.
class NodeCopier {
 public:
  SimNodePtr copy(const SimNodePtr& node) {
    if (!node) return nullptr;
    auto [found, isNew] = copies_.try_emplace(node.get());
    if (!isNew) return found->second;
    auto twin = std::make_shared<SimNode>();
    found->second = twin;  // before the entries: a stale folder may lead back here
    twin->type = node->type;
    twin->inode = node->inode;
    twin->links = node->links;
    twin->discarded = node->discarded;
    twin->birthTime = node->birthTime;
    twin->foldsCase = node->foldsCase;
    twin->changeTime = node->changeTime;
    twin->content = node->content;
    twin->durable = node->durable;
    twin->cutSinceSync = node->cutSinceSync;
    for (const auto& [name, child] : node->entries) twin->entries[name] = copy(child);
    for (const auto& [name, child] : node->durableEntries) {
      twin->durableEntries[name] = copy(child);
    }
    return twin;
  }

 private:
  std::unordered_map<const SimNode*, SimNodePtr> copies_;
};

std::size_t below(Random& random, std::size_t limit) {
  return static_cast<std::size_t>(random.next() % limit);
}

// Old and new bytes side by side, in up to five blocks, as the disk got them; zeros where a block
// was allocated and never written.
std::string tornBytes(const std::string& old, const std::string& fresh, Random& random) {
  std::size_t size = below(random, 2) == 0 ? fresh.size() : std::max(old.size(), fresh.size());
  std::string torn(size, '\0');
  std::size_t block = std::max<std::size_t>(1, size / 4);
  for (std::size_t at = 0; at < size; at += block) {
    std::size_t choice = below(random, 3);
    if (choice == 2 && at < old.size()) choice = 0;  // what was on disk does not turn into zeros
    const std::string& from = choice == 0 ? old : fresh;
    if (choice != 2 && at < from.size()) {
      from.copy(torn.data() + at, std::min(block, size - at), at);
    }
  }
  return torn;
}

// What a file that was not synced since its last change may hold.
SimContent afterLoss(const SimNode& node, Random& random) {
  SimContent old = node.durable.value_or(
      SimContent{"", node.content.permissions, node.birthTime, node.birthTime, {}});
  if (node.durable && *node.durable == node.content) return old;
  SimContent found = below(random, 2) == 0 ? old : node.content;  // times and attributes
  bool mayBeEmpty = !node.durable || node.cutSinceSync;
  switch (below(random, 5)) {
    case 0:
      found.bytes = old.bytes;
      break;
    case 1:
      found.bytes = node.content.bytes;
      break;
    case 2:
      found.bytes = mayBeEmpty ? "" : old.bytes;
      break;
    case 3:
      found.bytes = node.durable ? tornBytes(old.bytes, node.content.bytes, random)
                                 : std::string(node.content.bytes.size(), '\0');
      break;
    default:
      found.bytes = tornBytes(old.bytes, node.content.bytes, random);
      break;
  }
  return found;
}

void settle(SimNode& node) {
  node.durable = node.content;
  node.durableEntries = node.entries;
  node.cutSinceSync = false;
}

}  // namespace

void SimDisk::syncFile(SimNode& node) {
  node.durable = node.content;
  node.cutSinceSync = false;
}

void SimDisk::syncFolder(const SimNodePtr& folder) {
  folder->durable = folder->content;
  for (SimNameStep& step : steps_) std::erase(step.unsynced, folder);
  for (Step step = steps_.begin(); step != steps_.end();) {
    Step next = std::next(step);
    // Whatever a committed step builds on stands before it, so `next` stays valid.
    if (step->unsynced.empty()) commit(step);
    step = next;
  }
}

void SimDisk::syncAll() {
  while (!steps_.empty()) commit(steps_.begin());
  std::vector<SimNode*> left = {root_.get()};
  while (!left.empty()) {
    SimNode* node = left.back();
    left.pop_back();
    settle(*node);
    for (const auto& [name, child] : node->entries) left.push_back(child.get());
  }
}

std::optional<SimDisk::Step> SimDisk::earlierDependency(Step step) {
  for (Step earlier = steps_.begin(); earlier != step; ++earlier) {
    if (buildsOn(*step, *earlier)) return earlier;
  }
  return std::nullopt;
}

// Brings a step to the platter, after everything it builds on.
void SimDisk::commit(Step step) {
  while (std::optional<Step> earlier = earlierDependency(step)) commit(*earlier);
  for (const SimChange& change : step->changes) {
    if (change.node) {
      change.folder->durableEntries[change.name] = change.node;
    } else {
      change.folder->durableEntries.erase(change.name);
    }
  }
  steps_.erase(step);
}

void SimDisk::copyFrom(const SimDisk& before) {
  NodeCopier copier;
  root_ = copier.copy(before.root_);
  steps_.clear();
  for (const SimNameStep& step : before.steps_) {
    SimNameStep twin;
    twin.movesFolder = step.movesFolder;
    twin.removedFolder = copier.copy(step.removedFolder);
    for (const SimChange& change : step.changes) {
      twin.changes.push_back({copier.copy(change.folder), change.name, copier.copy(change.node)});
    }
    for (const SimNodePtr& folder : step.unsynced) twin.unsynced.push_back(copier.copy(folder));
    steps_.push_back(std::move(twin));
  }
  nextInode_ = before.nextInode_;
}

// Links, space and numbers of what can be reached.
void SimDisk::recount() {
  used_ = 0;
  freeInodes_.clear();
  std::unordered_set<std::uint64_t> taken;
  std::vector<SimNode*> cameBack;  // from before their removal: their number may be another's
  std::vector<SimNode*> left = {root_.get()};
  while (!left.empty()) {
    SimNode* node = left.back();
    left.pop_back();
    node->links = 1;
    node->charged = node->content.bytes.size();
    used_ += node->charged;
    if (node->discarded) {
      cameBack.push_back(node);
    } else {
      taken.insert(node->inode);
    }
    for (const auto& [name, child] : node->entries) left.push_back(child.get());
  }
  for (SimNode* node : cameBack) {
    if (!taken.insert(node->inode).second) node->inode = nextInode_++;
    node->discarded = false;
  }
}

void SimDisk::becomeAfterKill(const SimDisk& before) {
  copyFrom(before);
  recount();
}

void SimDisk::becomeAfterPowerLoss(const SimDisk& before, Random& random) {
  copyFrom(before);
  // Some cuts lose everything, some nothing, most a part.
  std::size_t mood = below(random, 4);
  for (Step step = steps_.begin(); step != steps_.end();) {
    Step next = std::next(step);
    bool kept = mood == 0 ? false : mood == 1 ? true : below(random, 2) == 0;
    if (kept) commit(step);
    step = next;
  }
  steps_.clear();
  std::vector<SimNode*> left = {root_.get()};
  while (!left.empty()) {
    SimNode* node = left.back();
    left.pop_back();
    node->entries = node->durableEntries;
    if (node->type == FileType::file) {
      SimContent found = afterLoss(*node, random);
      if (found != node->content) node->changeTime = now();
      node->content = std::move(found);
    }
    settle(*node);
    for (const auto& [name, child] : node->entries) left.push_back(child.get());
  }
  recount();
}

}  // namespace cloudsync
