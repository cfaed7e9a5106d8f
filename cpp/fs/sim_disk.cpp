#include "fs/sim_disk.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace cloudsync {

namespace {

constexpr std::size_t kLongestName = 255;

std::string_view lastOf(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

Error failed(int code, std::string_view path) {
  return fromErrno(code, "the simulated file system refuses", path);
}

bool sameFolded(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

SimEntries::iterator lookUp(SimNode& folder, std::string_view name) {
  auto found = folder.entries.find(name);
  if (found != folder.entries.end() || !folder.foldsCase) return found;
  return std::ranges::find_if(folder.entries,
                              [name](const auto& entry) { return sameFolded(entry.first, name); });
}

bool isFolder(const SimNodePtr& node) { return node->type == FileType::directory; }

}  // namespace

SimDisk::SimDisk(const Clock& clock, SimOptions options)
    : clock_(clock), options_(options), root_(std::make_shared<SimNode>()) {
  root_->type = FileType::directory;
  root_->inode = 1;
  root_->links = 1;
  root_->content.permissions = 0755;
  root_->birthTime = root_->changeTime = root_->content.modifyTime = now();
}

Nanoseconds SimDisk::now() const {
  Nanoseconds time = clock_.wallTime();
  return time - time % options_.timeGranularity;
}

Result<SimNodePtr> SimDisk::find(const SimNodePtr& anchor, std::string_view path,
                                 std::vector<const SimNode*>* via) const {
  SimNodePtr node = anchor;
  std::string_view left = path;
  while (!left.empty()) {
    if (!isFolder(node)) return failed(ENOTDIR, path);
    if (via != nullptr) via->push_back(node.get());
    std::size_t slash = left.find('/');
    std::string_view component = left.substr(0, slash);
    if (component.size() > kLongestName) return failed(ENAMETOOLONG, path);
    auto found = lookUp(*node, component);
    if (found == node->entries.end()) return failed(ENOENT, path);
    node = found->second;
    left = slash == std::string_view::npos ? std::string_view() : left.substr(slash + 1);
  }
  return node;
}

Result<SimNodePtr> SimDisk::findParent(const SimNodePtr& anchor, std::string_view path,
                                       std::vector<const SimNode*>* via) const {
  std::size_t slash = path.rfind('/');
  std::string_view above = slash == std::string_view::npos ? "" : path.substr(0, slash);
  Result<SimNodePtr> parent = find(anchor, above, via);
  if (!parent) return parent.error();
  if (!isFolder(*parent)) return failed(ENOTDIR, path);
  if (via != nullptr) via->push_back(parent->get());
  if (lastOf(path).size() > kLongestName) return failed(ENAMETOOLONG, path);
  return parent;
}

std::uint64_t SimDisk::takeInode() {
  if (freeInodes_.empty()) return nextInode_++;
  std::uint64_t inode = freeInodes_.back();
  freeInodes_.pop_back();
  return inode;
}

Result<SimNodePtr> SimDisk::create(const SimNodePtr& anchor, std::string_view path, FileType type,
                                   std::uint32_t permissions) {
  Result<SimNodePtr> parent = findParent(anchor, path);
  if (!parent) return parent.error();
  std::string name(lastOf(path));
  if (lookUp(**parent, name) != (*parent)->entries.end()) return failed(EEXIST, path);
  if ((*parent)->links == 0) return failed(ENOENT, path);  // a removed folder takes no entries
  auto node = std::make_shared<SimNode>();
  node->type = type;
  node->inode = takeInode();
  node->content.permissions = permissions;
  node->foldsCase = type == FileType::directory && (*parent)->foldsCase;
  node->birthTime = node->content.modifyTime = node->content.accessTime = now();
  applyNow({{*parent, std::move(name), node}}, false);
  return node;
}

Status SimDisk::removeFolder(const SimNodePtr& anchor, std::string_view path) {
  Result<SimNodePtr> parent = findParent(anchor, path);
  if (!parent) return parent.error();
  Result<SimNodePtr> node = find(*parent, lastOf(path));
  if (!node) return node.error();
  if (!isFolder(*node)) return failed(ENOTDIR, path);
  if (!(*node)->entries.empty()) return failed(ENOTEMPTY, path);
  applyNow({{*parent, std::string(lastOf(path)), nullptr}}, false);
  return {};
}

Status SimDisk::removeFile(const SimNodePtr& anchor, std::string_view path) {
  Result<SimNodePtr> parent = findParent(anchor, path);
  if (!parent) return parent.error();
  Result<SimNodePtr> node = find(*parent, lastOf(path));
  if (!node) return node.error();
  if (isFolder(*node)) return failed(EISDIR, path);
  applyNow({{*parent, std::string(lastOf(path)), nullptr}}, false);
  return {};
}

Status SimDisk::move(const SimNodePtr& anchor, std::string_view from, std::string_view to,
                     Onto onto) {
  std::vector<const SimNode*> aboveFrom;
  std::vector<const SimNode*> aboveTo;
  Result<SimNodePtr> source = findParent(anchor, from, &aboveFrom);
  if (!source) return source.error();
  Result<SimNodePtr> target = findParent(anchor, to, &aboveTo);
  if (!target) return target.error();
  Result<SimNodePtr> moved = find(*source, lastOf(from));
  if (!moved) return moved.error();
  auto standing = lookUp(**target, lastOf(to));
  SimNodePtr there = standing == (*target)->entries.end() ? nullptr : standing->second;

  bool intoItself = std::count(aboveTo.begin(), aboveTo.end(), moved->get()) != 0 ||
                    (onto == Onto::exchange && there != nullptr &&
                     std::count(aboveFrom.begin(), aboveFrom.end(), there.get()) != 0);
  if (intoItself) return failed(EINVAL, from);
  const bool otherSpelling = there == *moved && standing->first != lastOf(to);
  if (onto == Onto::freeName && there != nullptr && !otherSpelling) return failed(EEXIST, to);
  if (onto == Onto::exchange && there == nullptr) return failed(ENOENT, to);
  if (there == *moved && !otherSpelling) return {};
  if (onto == Onto::anything && there != nullptr && !otherSpelling) {
    if (isFolder(there) && !isFolder(*moved)) return failed(EISDIR, to);
    if (!isFolder(there) && isFolder(*moved)) return failed(ENOTDIR, to);
    if (isFolder(there) && !there->entries.empty()) return failed(ENOTEMPTY, to);
  }
  bool movesFolder = isFolder(*moved) || (there != nullptr && isFolder(there));
  SimNodePtr left = onto == Onto::exchange ? there : nullptr;
  applyNow({{*source, std::string(lastOf(from)), left}, {*target, std::string(lastOf(to)), *moved}},
           movesFolder);
  return {};
}

// Changes the names as the kernel shows them, and remembers the step until it is on the platter.
void SimDisk::applyNow(std::vector<SimChange> changes, bool movesFolder) {
  Nanoseconds time = now();
  std::vector<SimNodePtr> touched;
  SimNameStep step;
  for (const SimChange& change : changes) {
    SimNode& folder = *change.folder;
    auto old = lookUp(folder, change.name);
    if (old != folder.entries.end()) {
      --old->second->links;
      touched.push_back(old->second);
    }
    if (!change.node && old != folder.entries.end() && isFolder(old->second)) {
      step.removedFolder = old->second;
    }
    if (change.node) {
      ++change.node->links;
      touched.push_back(change.node);
      // An entry that is replaced keeps the name it has.
      const std::string& name = old == folder.entries.end() ? change.name : old->first;
      folder.entries[name] = change.node;
    } else if (old != folder.entries.end()) {
      folder.entries.erase(old);
    }
    folder.content.modifyTime = folder.changeTime = time;
    if (std::find(step.unsynced.begin(), step.unsynced.end(), change.folder) ==
        step.unsynced.end()) {
      step.unsynced.push_back(change.folder);
    }
  }
  for (const SimNodePtr& node : touched) node->changeTime = time;
  step.changes = std::move(changes);
  step.movesFolder = movesFolder;
  steps_.push_back(std::move(step));
  for (const SimNodePtr& node : touched) discardUnlinked(*node);
}

// What has neither a name nor an open descriptor gives back its space and its number.
void SimDisk::discardUnlinked(SimNode& node) {
  if (node.links != 0 || node.opens != 0 || node.discarded) return;
  used_ -= std::exchange(node.charged, 0);
  if (options_.reuseInodes) freeInodes_.push_back(node.inode);
  node.discarded = true;
}

void SimDisk::close(SimNode& node) {
  --node.opens;
  discardUnlinked(node);
}

Status SimDisk::charge(SimNode& node, ByteCount size) {
  ByteCount wanted = std::max(size, node.reserved);
  if (wanted > node.charged && wanted - node.charged > available()) {
    return failed(ENOSPC, "");
  }
  used_ = used_ - node.charged + wanted;
  node.charged = wanted;
  return {};
}

Status SimDisk::write(SimNode& node, ByteCount offset, std::string_view bytes) {
  ByteCount end = std::max<ByteCount>(node.content.bytes.size(), offset + bytes.size());
  Status fits = charge(node, end);
  if (!fits) return fits;
  node.content.bytes.resize(end);
  bytes.copy(node.content.bytes.data() + offset, bytes.size());
  node.content.modifyTime = node.changeTime = now();
  return {};
}

Status SimDisk::truncate(SimNode& node, ByteCount size) {
  Status fits = charge(node, size);
  if (!fits) return fits;
  if (size < node.content.bytes.size()) node.cutSinceSync = true;
  node.content.bytes.resize(size);
  node.content.modifyTime = node.changeTime = now();
  return {};
}

Status SimDisk::reserve(SimNode& node, ByteCount size) {
  ByteCount before = std::exchange(node.reserved, std::max(node.reserved, size));
  Status fits = charge(node, node.content.bytes.size());
  if (!fits) node.reserved = before;
  return fits;
}

FileStat SimDisk::statOf(const SimNode& node) const {
  FileStat stat;
  stat.type = node.type;
  stat.permissions = node.content.permissions;
  stat.inode = node.inode;
  stat.device = 1;
  stat.size = node.content.bytes.size();
  stat.links = node.links;
  stat.birthTime = node.birthTime;
  stat.modifyTime = node.content.modifyTime;
  stat.changeTime = node.changeTime;
  stat.accessTime = node.content.accessTime;
  return stat;
}

}  // namespace cloudsync
