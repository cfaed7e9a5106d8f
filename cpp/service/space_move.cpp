#include <mutex>
#include <set>
#include <utility>

#include "base/task_group.h"
#include "service/space.h"
#include "service/space_engine.h"
#include "store/racy.h"
#include "sync/operations.h"

// What a person moves by name. Here it is one rename; in the cloud the server gives each object its
// new name. What the cloud cannot be told now, the next run finds out by itself: a file that is
// renamed and not synced yet travels with it, too.

namespace cloudsync {

namespace {

constexpr std::size_t kRowsPerPage = 1000;
constexpr std::size_t kMostAtOnce = 16;

Error taken(const RelPath& to) {
  return Error{ErrorKind::exists, "the new name is taken", to.text(), 0};
}

bool isSynced(const std::optional<BaseRow>& row) {
  return row && row->facts.standing == Standing::synced;
}

}  // namespace

// Moves in the cloud what has its new name on this device already, or is not here at all.
class Space::Mover {
 public:
  Mover(Space& space, Engine& engine, Operations& operations, RelPath from, RelPath to)
      : space_(space),
        engine_(engine),
        operations_(operations),
        from_(std::move(from)),
        to_(std::move(to)),
        slots_(space.needs_.world.scheduler, kMostAtOnce) {}

  // Nothing when the row does not speak of the file as it is: then the next run decides.
  Task<Status> moveFile(BaseRow row, std::optional<Fingerprint> now) {
    PlanOp op;
    op.kind = PlanOp::Kind::moveRemote;
    op.source = row.key;
    op.key = newName(row.key);
    op.remoteExpected = row.remoteVersion;
    op.localExpected = now;
    RelPath path = RelPath::trusted(op.key);
    Task<OpResult> moving = operations_.perform(std::move(op), nullptr, cancel());
    OpResult result = co_await moving;
    co_return statusOf(result, path);
  }

  Task<Status> moveDirectory() {
    const std::string top = EntryKey::directory(from_).text;
    Task<Status> topmost = makeDirectory(top);
    Status made = co_await topmost;
    if (!made.ok()) co_return made;
    std::string after = top;
    while (true) {
      Result<std::vector<BaseRow>> rows = page(top, after);
      if (!rows.ok()) co_return rows.error();
      if (rows->empty()) break;
      after = rows->back().key;
      Task<Status> moving = moveThese(std::move(*rows));
      Status moved = co_await moving;
      if (!moved.ok()) co_return moved;
    }
    if (failure_) co_return *failure_;
    for (auto key = old_.rbegin(); key != old_.rend(); ++key) {
      Task<OpResult> removing = operations_.removeDirectoryByName(*key, cancel());
      OpResult result = co_await removing;
      Status removed = statusOf(result, EntryKey{*key}.path());
      // What was left to the next run is still in it.
      bool stays = !removed.ok() && (removed.error().kind == ErrorKind::notFound ||
                                     removed.error().kind == ErrorKind::notEmpty);
      if (!removed.ok() && !stays) co_return removed;
    }
    co_return Status();
  }

 private:
  CancelToken cancel() { return space_.closing_.token(); }

  std::string newName(const std::string& key) const {
    return to_.text() + key.substr(from_.text().size());
  }

  Result<std::vector<BaseRow>> page(const std::string& top, const std::string& after) {
    Result<std::unique_ptr<StateReader>> reader = space_.needs_.store.openReader();
    if (!reader.ok()) return reader.error();
    Result<BaseBatch> batch = (*reader)->page(space_.id_, after, endOfSubtree(top), kRowsPerPage);
    if (!batch.ok()) return batch.error();
    std::vector<BaseRow> rows;
    for (const auto& entry : batch->entries()) {
      BaseRow row;
      row.key = std::string(entry.key);
      row.remoteVersion = std::string(entry.facts.remoteVersion);
      row.facts = entry.facts;
      row.facts.remoteVersion = {};
      rows.push_back(std::move(row));
    }
    return rows;
  }

  // Directories before what is in them.
  Task<Status> moveThese(std::vector<BaseRow> rows) {
    TaskGroup group(space_.needs_.world.scheduler);
    Status made;
    for (BaseRow& row : rows) {
      if (row.facts.standing != Standing::synced) continue;
      if (row.isDirectory()) {
        Task<Status> making = makeDirectory(row.key);
        made = co_await making;
        if (!made.ok()) break;
        continue;
      }
      std::optional<Fingerprint> now;
      if (row.facts.local) {
        Result<FileStat> stat = engine_.root->stat(RelPath::trusted(newName(row.key)));
        bool agreed = stat.ok() && Fingerprint::of(*stat) == row.facts.fingerprint &&
                      !racyByModifyTime(row.facts.fingerprint, row.facts.lookedAt);
        if (!agreed) continue;
        now = row.facts.fingerprint;
      }
      AsyncSemaphore::Permit slot = co_await slots_.acquire();
      group.add(moveOne(std::move(row), now, std::move(slot)));
    }
    co_await group.join();
    co_return made;
  }

  Task<void> moveOne(BaseRow row, std::optional<Fingerprint> now,
                     [[maybe_unused]] AsyncSemaphore::Permit slot) {
    Task<Status> moving = moveFile(std::move(row), now);
    Status moved = co_await moving;
    if (moved.ok()) co_return;
    std::lock_guard lock(mutex_);
    if (!failure_) failure_ = moved.error();
  }

  Task<Status> makeDirectory(std::string oldKey) {
    std::string key = newName(oldKey);
    RelPath path = EntryKey{key}.path();
    old_.insert(std::move(oldKey));
    Task<OpResult> making = operations_.makeDirectoryByName(std::move(key), cancel());
    OpResult result = co_await making;
    co_return statusOf(result, path);
  }

  Space& space_;
  Engine& engine_;
  Operations& operations_;
  const RelPath from_;
  const RelPath to_;
  AsyncSemaphore slots_;
  std::set<std::string> old_;  // keys of directories that have their new name
  std::mutex mutex_;
  std::optional<Error> failure_;  // guarded by mutex_ while files move
};

Status Space::expectMovable(const RelPath& from, const RelPath& to) {
  if (from.isRoot() || to.isRoot() || from == to || from.contains(to)) {
    return Error{ErrorKind::invalidArgument,
                 "a root is not moved, and nothing is moved into itself", to.text(), 0};
  }
  Result<Engine*> opened = engine();
  if (!opened.ok()) return opened.error();
  Result<FileStat> stat = (*opened)->root->stat(to);
  if (stat.ok()) return taken(to);
  for (const std::string& key : {to.text(), EntryKey::directory(to).text}) {
    Result<std::optional<BaseRow>> row = findRow(key);
    if (!row.ok()) return row.error();
    if (isSynced(*row)) return taken(to);
  }
  return Status();
}

// The fingerprint of a file that was renamed; nothing when its row does not speak of it as it is.
std::optional<Fingerprint> Space::printAfterRename(Engine& engine, const BaseFacts& row,
                                                   const FileStat& before, const RelPath& to) {
  bool agreed = row.local && Fingerprint::of(before) == row.fingerprint &&
                !racyByModifyTime(row.fingerprint, row.lookedAt);
  if (!agreed) return std::nullopt;
  Result<FileStat> after = engine.root->stat(to);
  if (!after.ok()) return std::nullopt;
  Fingerprint print = Fingerprint::of(*after);
  if (!print.sameContentState(row.fingerprint)) return std::nullopt;
  return print;
}

Task<Status> Space::move(RelPath from, RelPath to) {
  Activity::Guard busy = needs_.activity.begin();
  Status movable = expectMovable(from, to);
  if (!movable.ok()) co_return movable;
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  Engine& engine = **opened;
  Task<void> stopping = engine.downloads->stop(from.text());
  co_await stopping;
  Result<FileStat> stat = engine.root->stat(from);
  const bool here = stat.ok();
  Result<std::optional<BaseRow>> row = findRow(from.text());
  if (!row.ok()) co_return row.error();
  bool isDirectory = here ? stat->type == FileType::directory : !isSynced(*row);
  if (isDirectory) row = findRow(EntryKey::directory(from).text);
  if (!row.ok()) co_return row.error();
  const bool there = isSynced(*row);
  if (!here && (!there || (!isDirectory && (*row)->facts.local))) {
    co_return Error{ErrorKind::notFound,
                    "neither this device nor the cloud has an entry of this name", from.text(), 0};
  }
  if (here) {
    Status renamed = engine.placer->rename(from, to);
    if (!renamed.ok()) co_return renamed;
  }
  std::optional<Fingerprint> now;
  if (here && there && !isDirectory) {
    now = printAfterRename(engine, (*row)->facts, *stat, to);
    if (!now) co_return Status();  // it goes with the next run
  }
  if (!there) co_return Status();
  Task<Status> moving = moveInCloud(engine, from, to, std::move(**row), now);
  Status moved = co_await moving;
  if (moved.ok() || !here) co_return moved;
  Error error = moved.error();
  error.message = "it has its new name on this device, and the next run gives it to the cloud's: " +
                  error.message;
  co_return error;
}

Task<Status> Space::moveInCloud(Engine& engine, RelPath from, RelPath to, BaseRow row,
                                std::optional<Fingerprint> now) {
  Result<std::unique_ptr<Operations>> operations = engine.sync->operations();
  if (!operations.ok()) co_return operations.error();
  Mover mover(*this, engine, **operations, std::move(from), std::move(to));
  Task<Status> moving =
      row.isDirectory() ? mover.moveDirectory() : mover.moveFile(std::move(row), now);
  co_return co_await moving;
}

}  // namespace cloudsync
