// What users, machines and the cloud do in a world.
#include <chrono>
#include <stdexcept>

#include "base/rel_path.h"
#include "world.h"

namespace cloudsync::sim {

namespace {

using namespace std::chrono_literals;
using Kind = Step::Kind;

constexpr Duration kTypingTakes = 100us;
constexpr std::string_view kLinkTarget = "/other/secret";

// Different numbers give different contents; three sizes, so that some are equal in size.
std::string contentOf(std::int64_t number) {
  if (number == 0) return "";
  std::string text = "#" + std::to_string(number) + ".";
  std::size_t size = number % 3 == 0 ? 12 : number % 3 == 1 ? 40 : 300;
  while (text.size() < size) text += static_cast<char>('a' + text.size() % 26);
  return text;
}

// Whatever is in the way of `path` goes, as a user would do it who wants it to be a file.
void clearTheWay(SimFileSystem& disk, const std::string& root, const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    std::string parent = root + "/" + path.substr(0, slash);
    std::optional<FileStat> stat = disk.stat(parent);
    if (stat && stat->type != FileType::directory) disk.remove(parent);
  }
  std::optional<FileStat> stat = disk.stat(root + "/" + path);
  if (stat && stat->type != FileType::file) disk.remove(root + "/" + path);
}

}  // namespace

void World::playAsUser(const Step& step) {
  bool onCloud = step.where == kCloud;
  if (onCloud ? !cloud_.isDirectory() : step.where < 0 || step.where >= setting_.devices) return;
  rest(kTypingTakes);
  look();
  checkContents({.tempCounts = true});
  if (violation_) return;
  SimFileSystem& disk =
      onCloud ? *cloud_.disk() : machines_[static_cast<std::size_t>(step.where)]->disk();
  std::string root(onCloud ? kMount : kRoot);

  // What the user does to his tree: by what lies in it before and after.
  auto files = [&] {
    std::map<std::string, std::pair<std::uint64_t, std::string>> found;
    visitTree(disk, root, [&](const std::string& path, const std::string& bytes, Shelf shelf) {
      if (shelf != Shelf::tree || path.ends_with('/')) return;
      found[path] = {disk.stat(root + "/" + path)->inode, bytes};
    });
    return found;
  };
  auto before = files();
  try {
    changeFiles(step, disk, root);
  } catch (const std::logic_error&) {
    // What cannot be done is not done.
  }
  auto after = files();
  std::set<std::string> left;
  std::map<std::uint64_t, std::string> byInode;
  for (const auto& [path, file] : before) byInode[file.first] = file.second;
  for (const auto& [path, file] : after) {
    left.insert(file.second);
    auto same = byInode.find(file.first);
    bool written = same == byInode.end() || same->second != file.second;
    if (written) dirty_[step.where].insert(file.first);
  }
  for (const auto& [path, file] : before) {
    if (!left.contains(file.second)) ledger_.dismiss(file.second, bitOf(step.where));
  }
  look();
  ledger_.accept();
  rest(kTypingTakes);
}

void World::changeFiles(const Step& step, SimFileSystem& disk, const std::string& root) {
  const std::string path = root + "/" + step.path;
  const std::string other = root + "/" + step.other;
  std::optional<std::string> content = disk.read(path);
  auto put = [&](const std::string& bytes) {
    if (disk.disk().available() < bytes.size() + 64) return;
    ledger_.learn(bytes);
    if (content) {
      // Should the write have to wait for a lease, it may end this content anywhere.
      std::optional<FileStat> stat = disk.stat(path);
      if (disk.write(path, bytes) == SimFileSystem::Written::waitsForLease) {
        ledger_.excuse(*content);
        ledger_.excuse(bytes);
        if (stat) dirty_[step.where].insert(stat->inode);
      }
      return;
    }
    disk.write(path, bytes);
  };
  switch (step.kind) {
    case Kind::write:
      clearTheWay(disk, root, step.path);
      content = disk.read(path);
      put(contentOf(step.number));
      return;
    case Kind::append:
      if (content) put(*content + "+" + std::to_string(step.number));
      return;
    case Kind::edit: {
      if (!content || content->empty()) return;
      std::string bytes = *content;
      std::string mark = std::to_string(step.number);
      bytes.replace(0, std::min(mark.size(), bytes.size()),
                    mark.substr(0, std::min(mark.size(), bytes.size())));
      put(bytes);
      return;
    }
    case Kind::truncate:
      if (content && content->size() > 1) put(content->substr(0, content->size() / 2));
      return;
    case Kind::rename:
      if (!disk.stat(path) || step.other.starts_with(step.path + "/")) return;
      if (std::size_t slash = step.other.rfind('/'); slash != std::string::npos) {
        disk.makeFolders(root + "/" + step.other.substr(0, slash));
      }
      disk.move(path, other);
      return;
    case Kind::swap:
      if (!disk.stat(path) || !disk.stat(other)) return;
      disk.move(path, root + "/swapping");
      disk.move(other, path);
      disk.move(root + "/swapping", other);
      return;
    case Kind::mkdir:
      if (!disk.stat(path)) disk.makeFolders(path);
      return;
    case Kind::remove:
      disk.remove(path);
      return;
    case Kind::link:
      if (!disk.stat(path)) disk.makeLink(path, kLinkTarget);
      return;
    default:
      return;
  }
}

void World::playOnMachine(const Step& step, Machine& machine) {
  bool nested = inHook_;
  switch (step.kind) {
    case Kind::free:
      if (!nested) free(step, machine);
      return;
    case Kind::fetch:
      if (!nested) fetch(step, machine);
      return;
    case Kind::begin:
      // Only beside a run that somebody waits for; a process starts from outside of all others.
      if (nested && machine.runs() && !machine.isDying()) begin(machine);
      return;
    case Kind::stop:
      if (!machine.runs() || machine.isDying() || machine.space() == nullptr) return;
      spawn(
          machine.scheduler(), Lane::awaited,
          [](Space& space) -> Task<void> {
            Task<Status> stopping = space.stopSync();
            (void)(co_await stopping).ok();
          }(*machine.space()),
          [](std::exception_ptr) {});
      return;
    case Kind::settle:
      look();
      machine.disk().settle();
      dirty_[step.where].clear();
      ledger_.makeFirm(bitOf(step.where));
      return;
    case Kind::kill:
      if (machine.runs()) unsettled_.insert(step.where);
      machine.kill();
      if (!nested) buryTheDead();
      return;
    case Kind::close:
      if (!nested) closeDevice(machine);
      return;
    case Kind::backup:
      if (!nested) backUp(machine);
      return;
    case Kind::restore:
      if (!nested) restore(machine);
      return;
    case Kind::full:
      machine.disk().disk().setCapacity(step.number == 0 ? std::uint64_t{1} << 40U
                                                         : machine.disk().disk().used() +
                                                               static_cast<ByteCount>(step.number));
      return;
    case Kind::fail:
      machine.failOwnCalls(step.number);
      return;
    case Kind::cutOff:
      machine.setWay(Machine::Way::cutOff);
      return;
    case Kind::connect:
      machine.setWay(Machine::Way::open);
      return;
    case Kind::fault:
      machine.failCloudCalls(step.number);
      return;
    case Kind::unmount:
      // Whoever never saw his cloud cannot tell it from an empty directory.
      machine.setWay(everSynced_.contains(step.where) && cloud_.isDirectory()
                         ? Machine::Way::unmounted
                         : Machine::Way::cutOff);
      return;
    default:
      return;
  }
}

void World::playOnCloud(const Step& step) {
  switch (step.kind) {
    case Kind::power:
      if (step.where >= 0 && step.where < setting_.devices) cutPower(step, bitOf(step.where));
      return;
    case Kind::cloudPower:
      if (cloud_.isDirectory()) cutPower(step, bitOf(kCloud));
      return;
    case Kind::lie:
      cloud_.lie(step.number);
      return;
    case Kind::jump:
      schedule_.clock().jumpWall(std::chrono::seconds(step.number));
      return;
    default:
      return;
  }
}

void World::sync(const Step& step) {
  for (const auto& machine : machines_) {
    if ((static_cast<std::uint64_t>(step.number) >> machine->number() & 1U) == 0) continue;
    begin(*machine);
  }
  runAll();
  if (violation_) return;
  for (const auto& machine : machines_) {
    if ((static_cast<std::uint64_t>(step.number) >> machine->number() & 1U) == 0) continue;
    if (!machine->runs() || machine->isDying()) continue;
    Space* space = machine->space();
    if (space == nullptr || space->syncState().state != SyncState::completed) continue;
    unsettled_.erase(machine->number());
    everSynced_.insert(machine->number());
    // What is in step is durable on both sides.
    Tree cloud = treeOf(kCloud);
    for (const auto& [path, bytes] : treeOf(machine->number())) {
      auto found = cloud.find(path);
      if (found != cloud.end() && found->second == bytes) {
        ledger_.makeFirm(bytes, bitOf(kCloud));
      }
    }
  }
}

void World::fetch(const Step& step, Machine& machine) {
  Space* space = machine.space();
  if (space == nullptr) return;
  auto download = [](Space& from, RelPath path) -> Task<Status> {
    Task<Result<Space::Admission>> asking = from.admitDownload(path);
    Result<Space::Admission> admission = co_await asking;
    if (!admission.ok()) co_return admission.error();
    if (admission->alreadyLocal) co_return Status();
    DownloadQueue::Order order = std::move(*admission->order);
    Task<Result<std::shared_ptr<DownloadTask>>> starting =
        from.startDownload(std::move(order), nullptr);
    Result<std::shared_ptr<DownloadTask>> task = co_await starting;
    if (!task.ok()) co_return task.error();
    std::shared_ptr<DownloadTask> running = *task;
    co_await running->ended.wait();
    const Result<BaseRow>& result = *running->result;
    co_return result.ok() ? Status() : Status(result.error());
  };
  std::optional<Status> done = wait(machine, download(*space, RelPath::trusted(step.path)));
  if (violation_ || !done || !done->ok()) return;
  freed_[step.where].erase(step.path);
}

void World::free(const Step& step, Machine& machine) {
  Space* space = machine.space();
  if (space == nullptr) return;
  std::string path = std::string(kRoot) + "/" + step.path;
  std::optional<std::string> content = machine.disk().read(path);
  std::optional<Status> done = wait(machine, space->freeFile(RelPath::trusted(step.path)));
  if (violation_ || !done || !done->ok() || !content || machine.disk().read(path)) return;
  freed_[step.where].insert(step.path);
  ledger_.loosen(*content, bitOf(step.where));
  ledger_.makeFirm(*content, bitOf(kCloud));
}

void World::closeDevice(Machine& machine) {
  if (!machine.runs()) return;
  machine.space() ? machine.device().cancelAll() : void();
  runAll();
  if (machine.runs() && !violation_) machine.close();
}

void World::backUp(Machine& machine) {
  closeDevice(machine);
  std::map<std::string, std::string> files;
  std::string state(kState);
  for (const std::string& name : machine.disk().list(state)) {
    if (!name.ends_with('/')) files[name] = machine.disk().read(state + "/" + name).value_or("");
  }
  backups_[machine.number()] = std::move(files);
}

void World::restore(Machine& machine) {
  auto backup = backups_.find(machine.number());
  if (backup == backups_.end()) return;
  closeDevice(machine);
  std::string state(kState);
  for (const std::string& name : machine.disk().list(state)) {
    if (!name.ends_with('/')) machine.disk().remove(state + "/" + name);
  }
  for (const auto& [name, bytes] : backup->second) machine.disk().write(state + "/" + name, bytes);
  Step settle{Kind::settle, machine.number(), {}, {}, 0, {}};
  playOnMachine(settle, machine);
}

void World::cutPower(const Step& step, unsigned disks) {
  look();
  checkContents({});
  if (violation_) return;
  auto seed = static_cast<std::uint64_t>(step.number);
  // What a user had not saved for long may come back as it was, or as anything.
  auto doubtDirty = [this](int where, const SimFileSystem& disk, std::string_view root) {
    visitTree(disk, root, [&](const std::string& path, const std::string& bytes, Shelf shelf) {
      if (shelf != Shelf::tree || path.ends_with('/')) return;
      std::uint64_t inode = disk.stat(std::string(root) + "/" + path)->inode;
      if (dirty_[where].contains(inode)) ledger_.dismiss(bytes, bitOf(where));
    });
  };
  for (const auto& machine : machines_) {
    if ((disks & bitOf(machine->number())) == 0) continue;
    doubtDirty(machine->number(), machine->disk(), kRoot);
    unsettled_.insert(machine->number());
    machine->cutPower(seed);
  }
  if ((disks & bitOf(kCloud)) != 0) {
    doubtDirty(kCloud, *cloud_.disk(), kMount);
    cloud_.cutPower(seed);
    for (const auto& machine : machines_) machine->replaceCloudDisk(cloud_.disk());
  }
  afterPowerCut(disks, dirty_);
  if (!inHook_) buryTheDead();
}

}  // namespace cloudsync::sim
