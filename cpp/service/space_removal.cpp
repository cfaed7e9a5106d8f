#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "base/task_group.h"
#include "service/space.h"
#include "service/space_engine.h"
#include "sync/operations.h"

// What a person removes by name: a file, or a directory with everything in it.

namespace cloudsync {

namespace {

constexpr std::size_t kRowsPerPage = 1000;
constexpr std::size_t kMostAtOnce = 16;

}  // namespace

// Removes what lies below one directory, file by file: the rest goes on when one cannot be removed.
class Space::Remover {
 public:
  Remover(Space& space, Operations& operations, std::string directoryKey)
      : space_(space),
        operations_(operations),
        directoryKey_(std::move(directoryKey)),
        slots_(space.needs_.world.scheduler, kMostAtOnce) {}

  // Everything that rows know of, then what only the disk has.
  Task<Status> removeAll() {
    Task<Status> knownOnes = removeKnown();
    Status known = co_await knownOnes;
    if (!known.ok()) co_return known;
    Task<Status> localOnes = removeLocal();
    Status local = co_await localOnes;
    if (!local.ok()) co_return local;
    if (failure_) co_return *failure_;
    for (auto key = directories_.rbegin(); key != directories_.rend(); ++key) {
      Task<OpResult> removing = operations_.removeDirectoryByName(*key, space_.closing_.token());
      OpResult result = co_await removing;
      Status removed = statusOf(result, EntryKey{*key}.path());
      if (!removed.ok() && removed.error().kind != ErrorKind::notFound) co_return removed;
    }
    co_return Status();
  }

  Task<Result<bool>> isEmpty() {
    Result<BaseBatch> rows = page(directoryKey_, 1);
    if (!rows.ok()) co_return rows.error();
    if (!rows->entries().empty()) co_return false;
    Task<Result<EntryPage>> listing = space_.list(directoryKey_, directoryKey_, 1);
    Result<EntryPage> entries = co_await listing;
    if (!entries.ok()) co_return entries.error();
    co_return entries->entries.empty();
  }

 private:
  Result<BaseBatch> page(const std::string& after, std::size_t limit) {
    Result<std::unique_ptr<StateReader>> reader = space_.needs_.store.openReader();
    if (!reader.ok()) return reader.error();
    return (*reader)->page(space_.id_, after, endOfSubtree(directoryKey_), limit);
  }

  Task<Status> removeKnown() {
    std::string after = directoryKey_;
    while (true) {
      Result<BaseBatch> rows = page(after, kRowsPerPage);
      if (!rows.ok()) co_return rows.error();
      if (rows->entries().empty()) co_return Status();
      std::vector<std::string> keys;
      for (const auto& row : rows->entries()) keys.emplace_back(row.key);
      after = keys.back();
      Task<void> removing = removeThese(std::move(keys));
      co_await removing;
      if (space_.closing_.token().cancelled()) co_return cancelled();
    }
  }

  Task<Status> removeLocal() {
    std::string after;
    do {
      Task<Result<EntryPage>> listing = space_.list(directoryKey_, after, kRowsPerPage);
      Result<EntryPage> entries = co_await listing;
      if (!entries.ok()) co_return entries.error();
      std::vector<std::string> keys;
      for (const EntryInfo& entry : entries->entries) {
        keys.push_back(entry.directory ? entry.path + "/" : entry.path);
      }
      after = entries->next;
      Task<void> removing = removeThese(std::move(keys));
      co_await removing;
      if (space_.closing_.token().cancelled()) co_return cancelled();
    } while (!after.empty());
    co_return Status();
  }

  Task<void> removeThese(std::vector<std::string> keys) {
    TaskGroup group(space_.needs_.world.scheduler);
    for (std::string& key : keys) {
      if (key.ends_with('/')) {
        directories_.insert(std::move(key));
        continue;
      }
      AsyncSemaphore::Permit slot = co_await slots_.acquire();
      group.add(removeOne(std::move(key), std::move(slot)));
    }
    co_await group.join();
  }

  Task<void> removeOne(std::string key, [[maybe_unused]] AsyncSemaphore::Permit slot) {
    RelPath path = RelPath::trusted(key);
    Task<OpResult> removing = operations_.removeFileByName(std::move(key), space_.closing_.token());
    OpResult result = co_await removing;
    Status removed = statusOf(result, path);
    if (removed.ok() || removed.error().kind == ErrorKind::notFound) co_return;
    std::lock_guard lock(mutex_);
    if (!failure_) failure_ = removed.error();
  }

  static Status cancelled() { return Error{ErrorKind::cancelled, "cancelled", "", 0}; }

  Space& space_;
  Operations& operations_;
  const std::string directoryKey_;
  AsyncSemaphore slots_;
  std::set<std::string> directories_;
  std::mutex mutex_;
  std::optional<Error> failure_;  // guarded by mutex_ while files go
};

Task<Status> Space::remove(RelPath path, Depth depth) {
  Activity::Guard busy = needs_.activity.begin();
  if (path.isRoot()) {
    co_return Error{ErrorKind::invalidArgument,
                    "the root of a space is not removed; unlink the space", config_.root, 0};
  }
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  Engine& engine = **opened;
  Result<std::unique_ptr<Operations>> operations = engine.sync->operations();
  if (!operations.ok()) co_return operations.error();
  const std::string directoryKey = EntryKey::directory(path).text;
  Result<FileStat> stat = engine.root->stat(path);
  Result<std::optional<BaseRow>> row = findRow(directoryKey);
  if (!row.ok()) co_return row.error();
  bool isDirectory = stat.ok() ? stat->type == FileType::directory : row->has_value();
  if (!isDirectory) {
    Task<OpResult> removing = (*operations)->removeFileByName(path.text(), closing_.token());
    OpResult result = co_await removing;
    co_return statusOf(result, path);
  }
  Remover remover(*this, **operations, directoryKey);
  switch (depth) {
    case Depth::withContent: {
      Task<Status> removing = remover.removeAll();
      Status removed = co_await removing;
      if (!removed.ok()) co_return removed;
      break;
    }
    case Depth::alone: {
      Task<Result<bool>> looking = remover.isEmpty();
      Result<bool> empty = co_await looking;
      if (!empty.ok()) co_return empty.error();
      if (*empty) break;
      co_return Error{ErrorKind::notEmpty,
                      "the directory is not empty: remove it with everything in it (recursive)",
                      path.text(), 0};
    }
  }
  Task<OpResult> removing = (*operations)->removeDirectoryByName(directoryKey, closing_.token());
  OpResult result = co_await removing;
  Status removed = statusOf(result, path);
  // The listing shows the directory itself, too: it may have gone with the rest.
  bool gone = !removed.ok() && removed.error().kind == ErrorKind::notFound;
  co_return gone&& depth == Depth::withContent ? Status() : removed;
}

}  // namespace cloudsync
