#include "fs/sim_folder.h"

#include <cerrno>

#include "fs/beneath.h"
#include "fs/sim_file.h"

namespace cloudsync {

namespace {

constexpr std::uint32_t kFileMode = 0644;
constexpr std::uint32_t kFolderMode = 0755;

Error wrongType(FileType type, const RelPath& path) {
  if (type == FileType::directory) {
    return Error{ErrorKind::isDirectory, "a directory, not a file", path.text(), EISDIR};
  }
  return Error{ErrorKind::notSupported, "not a regular file", path.text(), 0};
}

bool creates(OpenMode mode) {
  return mode == OpenMode::createNew || mode == OpenMode::openOrCreate;
}

}  // namespace

SimFolder::SimFolder(SimState& state, SimNodePtr node, std::string path)
    : state_(state), node_(std::move(node)), path_(std::move(path)) {
  state_.disk.open(*node_);
}

SimFolder::~SimFolder() { state_.disk.close(*node_); }

Result<FileStat> SimFolder::stat() { return stat(RelPath()); }

Result<FileStat> SimFolder::stat(const RelPath& path) {
  Status allowed = enter("stat", path);
  if (!allowed) return allowed.error();
  Result<SimNodePtr> node = state_.disk.find(node_, path.text());
  if (!node) return node.error();
  return state_.disk.statOf(**node);
}

Result<std::unique_ptr<File>> SimFolder::open(const RelPath& path, OpenMode mode) {
  Status allowed = enter("open", path);
  if (!allowed) return allowed.error();
  Result<SimNodePtr> node = state_.disk.find(node_, path.text());
  if (!node && node.error().kind == ErrorKind::notFound && creates(mode)) {
    node = state_.disk.create(node_, path.text(), FileType::file, kFileMode);
  } else if (node && mode == OpenMode::createNew) {
    return fromErrno(EEXIST, "cannot open the file", path.text());
  }
  if (!node) return node.error();
  if ((*node)->type != FileType::file) return wrongType((*node)->type, path);
  SimFile::Access access =
      mode == OpenMode::read ? SimFile::Access::read : SimFile::Access::readWrite;
  if (access == SimFile::Access::readWrite && (*node)->leases > 0) {
    (*node)->leaseBroken = true;
    return Error{ErrorKind::busy, "somebody holds a lease on the file", path.text(), EAGAIN};
  }
  std::string absolute = path_ + "/" + path.text();
  return std::unique_ptr<File>(
      std::make_unique<SimFile>(state_, std::move(*node), std::move(absolute), access));
}

Result<std::unique_ptr<Folder>> SimFolder::openFolder(const RelPath& path) {
  Status allowed = enter("openFolder", path);
  if (!allowed) return allowed.error();
  Result<SimNodePtr> node = state_.disk.find(node_, path.text());
  if (!node) return node.error();
  if ((*node)->type != FileType::directory) {
    return fromErrno(ENOTDIR, "cannot open the directory", path.text());
  }
  std::string absolute = path.isRoot() ? path_ : path_ + "/" + path.text();
  return std::unique_ptr<Folder>(
      std::make_unique<SimFolder>(state_, std::move(*node), std::move(absolute)));
}

Result<std::vector<DirectoryEntry>> SimFolder::list() {
  Status allowed = enter("list", RelPath());
  if (!allowed) return allowed.error();
  std::vector<DirectoryEntry> entries;
  entries.reserve(node_->entries.size());
  for (const auto& [name, node] : node_->entries)
    entries.push_back({name, node->type, node->inode});
  return entries;
}

Result<NameList> SimFolder::listNames() {
  Status allowed = enter("listNames", RelPath());
  if (!allowed) return allowed.error();
  NameList list;
  for (const auto& [name, node] : node_->entries) list.add(name, node->type);
  return list;
}

Result<std::vector<NameStat>> SimFolder::statNames(std::span<const ListedName> names) {
  Status allowed = enter("statNames", RelPath());
  if (!allowed) return allowed.error();
  std::vector<NameStat> found(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto entry = node_->entries.find(names[i].view());
    if (entry == node_->entries.end()) {
      found[i].presence = NameStat::Presence::vanished;
    } else {
      found[i].stat = state_.disk.statOf(*entry->second);
    }
  }
  return found;
}

Status SimFolder::makeFolder(const RelPath& path) {
  Status allowed = enter("makeFolder", path);
  if (!allowed) return allowed;
  Result<SimNodePtr> made =
      state_.disk.create(node_, path.text(), FileType::directory, kFolderMode);
  if (!made) return made.error();
  return {};
}

Status SimFolder::removeFolder(const RelPath& path) {
  Status allowed = enter("removeFolder", path);
  if (!allowed) return allowed;
  return state_.disk.removeFolder(node_, path.text());
}

Status SimFolder::removeFile(const RelPath& path) {
  Status allowed = enter("removeFile", path);
  if (!allowed) return allowed;
  return state_.disk.removeFile(node_, path.text());
}

Status SimFolder::move(std::string_view operation, const RelPath& from, const RelPath& to,
                       SimDisk::Onto onto) {
  Status allowed = enter(operation, from);
  if (!allowed) return allowed;
  Status sound = checkBeneath(to);
  if (!sound) return sound;
  if (from.isRoot() || to.isRoot()) {
    return fromErrno(EBUSY, "cannot move the root", from.text());
  }
  return state_.disk.move(node_, from.text(), to.text(), onto);
}

Status SimFolder::moveNoReplace(const RelPath& from, const RelPath& to) {
  return move("moveNoReplace", from, to, SimDisk::Onto::freeName);
}

Status SimFolder::moveReplacing(const RelPath& from, const RelPath& to) {
  return move("moveReplacing", from, to, SimDisk::Onto::anything);
}

Status SimFolder::exchange(const RelPath& a, const RelPath& b) {
  if (!state_.disk.options().exchange) {
    Status allowed = enter("exchange", a);
    if (!allowed) return allowed;
    return fromErrno(ENOSYS, "cannot move to '" + b.text() + "'", a.text());
  }
  return move("exchange", a, b, SimDisk::Onto::exchange);
}

Status SimFolder::syncFolder(const RelPath& path) {
  Status allowed = enter("syncFolder", path);
  if (!allowed) return allowed;
  Result<SimNodePtr> node = state_.disk.find(node_, path.text());
  if (!node) return node.error();
  if ((*node)->type != FileType::directory) {
    return fromErrno(ENOTDIR, "cannot bring the directory to the disk", path.text());
  }
  state_.disk.syncFolder(*node);
  return {};
}

Status SimFolder::syncAll() {
  Status allowed = enter("syncAll", RelPath());
  if (!allowed) return allowed;
  state_.disk.syncAll();
  return {};
}

Result<std::string> SimFolder::readLink(const RelPath& path) {
  Status allowed = enter("readLink", path);
  if (!allowed) return allowed.error();
  Result<SimNodePtr> node = state_.disk.find(node_, path.text());
  if (!node) return node.error();
  if ((*node)->type != FileType::symlink) {
    return Error{ErrorKind::invalidArgument, "not a symbolic link", path.text(), EINVAL};
  }
  return (*node)->content.bytes;
}

Result<SpaceInfo> SimFolder::space() {
  Status allowed = enter("space", RelPath());
  if (!allowed) return allowed.error();
  return SpaceInfo{state_.disk.options().capacity, state_.disk.available()};
}

}  // namespace cloudsync
