// The half of SimFileSystem that is a user: acts on the disk directly, without a hook.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "fs/sim_file_system.h"

namespace cloudsync {

namespace {

std::string_view clean(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// A test that asks for the impossible is wrong: it should hear of it at once.
void mustBe(const Status& status, std::string_view path) {
  if (!status) throw std::logic_error(std::string(path) + ": " + status.error().message);
}

void replaceContent(SimDisk& disk, SimNode& node, std::string_view bytes, std::string_view path) {
  mustBe(disk.truncate(node, 0), path);
  mustBe(disk.write(node, 0, bytes), path);
}

void collect(const SimNode& folder, const std::string& prefix, std::vector<std::string>& paths) {
  for (const auto& [name, node] : folder.entries) {
    bool isFolder = node->type == FileType::directory;
    std::string path = prefix + name;
    if (isFolder) path += '/';
    paths.push_back(path);
    if (isFolder) collect(*node, path, paths);
  }
}

}  // namespace

SimNodePtr SimFileSystem::nodeAt(std::string_view path) const {
  Result<SimNodePtr> node = disk_->find(disk_->root(), clean(path));
  return node ? *node : nullptr;
}

void SimFileSystem::makeFolders(std::string_view path) {
  std::string_view wanted = clean(path);
  for (std::size_t end = 0; !wanted.empty() && end != std::string_view::npos;) {
    end = wanted.find('/', end == 0 ? 0 : end + 1);
    std::string_view part = wanted.substr(0, end);
    if (nodeAt(part)) continue;
    Result<SimNodePtr> made = disk_->create(disk_->root(), part, FileType::directory, 0755);
    if (!made) mustBe(made.error(), path);
  }
}

void SimFileSystem::foldCase(std::string_view path) {
  SimNodePtr node = nodeAt(path);
  if (node) node->foldsCase = true;
}

SimFileSystem::Written SimFileSystem::write(std::string_view path, std::string_view bytes) {
  std::string_view name = clean(path);
  if (SimNodePtr node = nodeAt(path)) {
    if (node->leases > 0) {
      node->leaseBroken = true;
      // Opened the file already: it will be this inode, whatever its name is by then. Not a
      // counted descriptor, though: a file that is removed meanwhile takes the write with it.
      std::weak_ptr<SimNode> waiting = node;
      node->waiting.push_back([disk = disk_.get(), waiting, text = std::string(bytes)] {
        if (SimNodePtr woken = waiting.lock()) replaceContent(*disk, *woken, text, "");
      });
      return Written::waitsForLease;
    }
    replaceContent(*disk_, *node, bytes, path);
    return Written::now;
  }
  std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) makeFolders(name.substr(0, slash));
  Result<SimNodePtr> made = disk_->create(disk_->root(), name, FileType::file, 0644);
  if (!made) mustBe(made.error(), path);
  mustBe(disk_->write(**made, 0, bytes), path);
  return Written::now;
}

std::optional<std::string> SimFileSystem::read(std::string_view path) const {
  SimNodePtr node = nodeAt(path);
  if (!node || node->type != FileType::file) return std::nullopt;
  return node->content.bytes;
}

std::optional<FileStat> SimFileSystem::stat(std::string_view path) const {
  SimNodePtr node = nodeAt(path);
  if (!node) return std::nullopt;
  return disk_->statOf(*node);
}

void SimFileSystem::makeLink(std::string_view path, std::string_view target) {
  Result<SimNodePtr> made = disk_->create(disk_->root(), clean(path), FileType::symlink, 0777);
  if (!made) mustBe(made.error(), path);
  (*made)->content.bytes = target;
}

void SimFileSystem::makeFifo(std::string_view path) {
  Result<SimNodePtr> made = disk_->create(disk_->root(), clean(path), FileType::other, 0600);
  if (!made) mustBe(made.error(), path);
}

void SimFileSystem::remove(std::string_view path) {
  SimNodePtr node = nodeAt(path);
  if (!node) return;
  if (node->type != FileType::directory) {
    mustBe(disk_->removeFile(disk_->root(), clean(path)), path);
    return;
  }
  while (!node->entries.empty()) {
    std::string child(clean(path));
    child += '/';
    child += node->entries.begin()->first;
    remove(child);
  }
  mustBe(disk_->removeFolder(disk_->root(), clean(path)), path);
}

void SimFileSystem::move(std::string_view from, std::string_view to) {
  mustBe(disk_->move(disk_->root(), clean(from), clean(to), SimDisk::Onto::anything), from);
}

void SimFileSystem::setModifyTime(std::string_view path, Nanoseconds time) {
  SimNodePtr node = nodeAt(path);
  if (!node) throw std::logic_error(std::string(path) + ": not there");
  node->content.modifyTime = time;
  node->changeTime = disk_->now();
}

std::vector<std::string> SimFileSystem::list(std::string_view path) const {
  std::vector<std::string> paths;
  SimNodePtr node = nodeAt(path);
  if (node) collect(*node, "", paths);
  std::sort(paths.begin(), paths.end());
  return paths;
}

void SimFileSystem::settle() { disk_->syncAll(); }

SimFileSystem::Writer::Writer(SimDisk& disk, SimNodePtr node)
    : disk_(disk), node_(std::move(node)) {
  disk_.open(*node_);
  ++node_->writers;
}

SimFileSystem::Writer::~Writer() {
  --node_->writers;
  disk_.close(*node_);
}

void SimFileSystem::Writer::write(ByteCount offset, std::string_view bytes) {
  mustBe(disk_.write(*node_, offset, bytes), "");
}

std::unique_ptr<SimFileSystem::Writer> SimFileSystem::openForWriting(std::string_view path) {
  SimNodePtr node = nodeAt(path);
  if (!node || node->type != FileType::file) return nullptr;
  if (node->leases > 0) {
    node->leaseBroken = true;
    return nullptr;
  }
  return std::make_unique<Writer>(*disk_, std::move(node));
}

}  // namespace cloudsync
