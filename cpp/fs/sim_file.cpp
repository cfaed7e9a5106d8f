#include "fs/sim_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace cloudsync {

SimFile::SimFile(SimState& state, SimNodePtr node, std::string path, Access access)
    : state_(state), node_(std::move(node)), path_(std::move(path)), access_(access) {
  state_.disk.open(*node_);
  if (access_ == Access::readWrite) ++node_->writers;
  state_.openFiles.insert(this);
}

SimFile::~SimFile() {
  closeNow();
  state_.openFiles.erase(this);
}

void SimFile::closeNow() {
  if (std::exchange(closed_, true)) return;
  if (node_->lockHolder == this) node_->lockHolder = nullptr;
  if (hasLease_) simReleaseLease(*node_);
  if (access_ == Access::readWrite) --node_->writers;
  state_.disk.close(*node_);
}

Status SimFile::enterToWrite(std::string_view operation) const {
  Status allowed = enter(operation);
  if (!allowed) return allowed;
  if (access_ == Access::readWrite) return {};
  return fromErrno(EBADF, "the file is open for reading only", path_);
}

Result<FileStat> SimFile::stat() {
  Status allowed = enter("stat");
  if (!allowed) return allowed.error();
  return state_.disk.statOf(*node_);
}

Result<std::size_t> SimFile::readAt(ByteCount offset, std::span<std::uint8_t> into) {
  Status allowed = enter("readAt");
  if (!allowed) return allowed.error();
  const std::string& bytes = node_->content.bytes;
  if (offset >= bytes.size()) return std::size_t{0};
  std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - offset);
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
  return count;
}

Status SimFile::writeAt(ByteCount offset, std::span<const std::uint8_t> bytes) {
  Status allowed = enterToWrite("writeAt");
  if (!allowed) return allowed;
  return state_.disk.write(*node_, offset,
                           {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Status SimFile::truncate(ByteCount size) {
  Status allowed = enterToWrite("truncate");
  if (!allowed) return allowed;
  return state_.disk.truncate(*node_, size);
}

Status SimFile::allocate(ByteCount size) {
  Status allowed = enterToWrite("allocate");
  if (!allowed) return allowed;
  return state_.disk.reserve(*node_, size);
}

void SimFile::startWriteback(ByteRange) {
  // A hint; the hook may still want to act here.
  (void)enter("startWriteback");
}

Status SimFile::sync() {
  Status allowed = enter("sync");
  if (!allowed) return allowed;
  state_.disk.syncFile(*node_);
  return {};
}

Status SimFile::setTimes(Nanoseconds accessTime, Nanoseconds modifyTime) {
  Status allowed = enter("setTimes");
  if (!allowed) return allowed;
  node_->content.accessTime = accessTime;
  node_->content.modifyTime = modifyTime;
  node_->changeTime = state_.disk.now();
  return {};
}

Status SimFile::setPermissions(std::uint32_t permissions) {
  Status allowed = enter("setPermissions");
  if (!allowed) return allowed;
  node_->content.permissions = permissions & 07777U;
  node_->changeTime = state_.disk.now();
  return {};
}

Result<LeaseState> SimFile::takeReadLease() {
  Status allowed = enter("takeReadLease");
  if (!allowed) return allowed.error();
  if (!state_.disk.options().leases) return LeaseState::unsupported;
  if (node_->writers > 0) return LeaseState::openForWriting;
  // A break that nobody answered yet keeps new leases away.
  if (node_->leaseBroken) return LeaseState::openForWriting;
  if (!hasLease_) ++node_->leases;
  hasLease_ = true;
  return LeaseState::held;
}

Result<bool> SimFile::leaseBroken() {
  Status allowed = enter("leaseBroken");
  if (!allowed) return allowed.error();
  return !hasLease_ || node_->leaseBroken;
}

void SimFile::releaseLease() {
  if (!enter("releaseLease") || !hasLease_) return;
  hasLease_ = false;
  simReleaseLease(*node_);
}

Result<bool> SimFile::tryLock() {
  Status allowed = enterToWrite("tryLock");
  if (!allowed) return allowed.error();
  if (node_->lockHolder != nullptr && node_->lockHolder != this) return false;
  node_->lockHolder = this;
  return true;
}

void SimFile::unlock() {
  if (enter("unlock") && node_->lockHolder == this) node_->lockHolder = nullptr;
}

Result<std::optional<std::string>> SimFile::attribute(std::string_view name) {
  Status allowed = enter("attribute");
  if (!allowed) return allowed.error();
  if (!state_.disk.options().attributes) {
    return fromErrno(ENOTSUP, "cannot read an attribute of the file", path_);
  }
  auto found = node_->content.attributes.find(name);
  if (found == node_->content.attributes.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

Status SimFile::setAttribute(std::string_view name, std::string_view value) {
  Status allowed = enter("setAttribute");
  if (!allowed) return allowed;
  if (!state_.disk.options().attributes) {
    return fromErrno(ENOTSUP, "cannot set an attribute of the file", path_);
  }
  node_->content.attributes[std::string(name)] = std::string(value);
  node_->changeTime = state_.disk.now();
  return {};
}

}  // namespace cloudsync
