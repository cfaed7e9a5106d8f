#include "fs/sim_file_system.h"

#include <cerrno>
#include <utility>

#include "base/random.h"
#include "fs/beneath.h"
#include "fs/sim_file.h"
#include "fs/sim_folder.h"
#include "fs/sim_state.h"

namespace cloudsync {

namespace {

constexpr std::uint32_t kPrivate = 0700;

Status checkAbsolute(const std::string& path) {
  if (path.starts_with('/') && path.find('\0') == std::string::npos) return {};
  return Error{ErrorKind::invalidArgument, "not an absolute path", path, 0};
}

// "/a//b/" -> "a/b"
std::string fromRoot(std::string_view path) {
  std::string clean;
  for (char byte : path) {
    if (byte != '/' || (!clean.empty() && clean.back() != '/')) clean += byte;
  }
  if (clean.ends_with('/')) clean.pop_back();
  return clean;
}

}  // namespace

Status SimState::enter(std::string_view operation, std::string_view folder, std::string_view path) {
  if (!crashed) {
    ++calls;
    if (hook) {
      std::string absolute(folder);
      if (!path.empty() && !path.starts_with('/')) absolute += '/';
      absolute += path;
      if (absolute.empty()) absolute = "/";
      std::optional<Error> injected = hook(SimCall{operation, std::move(absolute), calls});
      if (injected && !crashed) return std::move(*injected);
    }
  }
  if (crashed) return Error{ErrorKind::unavailable, "the process has ended", std::string(path), 0};
  return {};
}

Status SimState::enter(std::string_view operation, std::string_view folder, const RelPath& path) {
  Status allowed = enter(operation, folder, std::string_view(path.text()));
  if (!allowed) return allowed;
  return checkBeneath(path);
}

void simReleaseLease(SimNode& node) {
  if (--node.leases > 0) return;
  node.leaseBroken = false;
  for (const std::function<void()>& writer : std::exchange(node.waiting, {})) writer();
}

SimFileSystem::SimFileSystem(const Clock& clock, SimOptions options)
    : SimFileSystem(clock, std::make_shared<SimDisk>(clock, options)) {}

SimFileSystem::SimFileSystem(const Clock& clock, std::shared_ptr<SimDisk> disk)
    : clock_(clock), disk_(std::move(disk)), state_(std::make_unique<SimState>(*disk_)) {}

SimFileSystem::~SimFileSystem() = default;

Result<std::unique_ptr<Folder>> SimFileSystem::openRoot(const std::string& absolutePath) {
  Status allowed = state_->enter("openRoot", "", std::string_view(absolutePath));
  if (!allowed) return allowed.error();
  Status absolute = checkAbsolute(absolutePath);
  if (!absolute) return absolute.error();
  std::string path = fromRoot(absolutePath);
  Result<SimNodePtr> node = disk_->find(disk_->root(), path);
  if (!node) return node.error();
  if ((*node)->type != FileType::directory) {
    return fromErrno(ENOTDIR, "cannot open the directory", absolutePath);
  }
  return std::unique_ptr<Folder>(
      std::make_unique<SimFolder>(*state_, std::move(*node), path.empty() ? "" : "/" + path));
}

Status SimFileSystem::makeRoot(const std::string& absolutePath) {
  Status allowed = state_->enter("makeRoot", "", std::string_view(absolutePath));
  if (!allowed) return allowed;
  Status absolute = checkAbsolute(absolutePath);
  if (!absolute) return absolute;
  std::string path = fromRoot(absolutePath);
  for (std::size_t end = 0; !path.empty() && end != std::string::npos;) {
    end = path.find('/', end == 0 ? 0 : end + 1);
    std::string part = path.substr(0, end);
    Result<SimNodePtr> there = disk_->find(disk_->root(), part);
    if (there && (*there)->type == FileType::directory) continue;
    if (there) return fromErrno(ENOTDIR, "cannot make the directory", absolutePath);
    Result<SimNodePtr> made = disk_->create(disk_->root(), part, FileType::directory, kPrivate);
    if (!made) return made.error();
    disk_->syncFolder(*disk_->findParent(disk_->root(), part));
  }
  return {};
}

void SimFileSystem::setHook(Hook hook) { state_->hook = std::move(hook); }

std::uint64_t SimFileSystem::calls() const { return state_->calls; }

void SimFileSystem::crash() {
  state_->crashed = true;
  // A lease that ends wakes a waiting writer of a user, who opens no file of this process.
  for (SimFile* file : state_->openFiles) file->closeNow();
}

bool SimFileSystem::crashed() const { return state_->crashed; }

std::unique_ptr<SimFileSystem> SimFileSystem::anotherProcess() const {
  return std::make_unique<SimFileSystem>(clock_, disk_);
}

std::unique_ptr<SimFileSystem> SimFileSystem::afterKill() const {
  auto disk = std::make_shared<SimDisk>(clock_, disk_->options());
  disk->becomeAfterKill(*disk_);
  return std::make_unique<SimFileSystem>(clock_, std::move(disk));
}

std::unique_ptr<SimFileSystem> SimFileSystem::afterPowerLoss(std::uint64_t seed) const {
  auto disk = std::make_shared<SimDisk>(clock_, disk_->options());
  SeededRandom random(seed);
  disk->becomeAfterPowerLoss(*disk_, random);
  return std::make_unique<SimFileSystem>(clock_, std::move(disk));
}

}  // namespace cloudsync
