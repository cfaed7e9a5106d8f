#include <utility>

#include "sync/operations.h"

// What a person removes by its name, whether it is here, in the cloud or both. The cloud's copy
// goes first: when that fails, nothing has changed. Both go where they can be brought back from.

namespace cloudsync {

namespace {

Error unknown(const std::string& key) {
  return Error{ErrorKind::notFound, "neither this device nor the cloud has an entry of this name",
               EntryKey{key}.path().text(), 0};
}

OpResult ofPlacement(const Placement& placed) {
  switch (placed.kind) {
    case Placement::Kind::done:
      break;
    case Placement::Kind::postponed:
      return OpResult::postponed(placed.error.value_or(Error{}));
    case Placement::Kind::failed:
      return OpResult::from(placed.error.value_or(Error{}));
  }
  return OpResult::done();
}

}  // namespace

Task<OpResult> Operations::removeFileByName(std::string key, CancelToken cancel) {
  RelPath path = RelPath::trusted(key);
  co_await context_.downloads.stop(key);
  Result<std::optional<BaseRow>> row = findRow(key);
  if (!row.ok()) co_return OpResult::failed(row.error());
  Result<FileStat> stat = context_.place.root.stat(path);
  bool here = stat.ok() && stat->type == FileType::file;
  bool there = *row && (*row)->facts.standing == Standing::synced;
  if (!here && !there) co_return OpResult::failed(unknown(key));
  if (there) {
    OpResult removed = co_await removeFromCloud(path, (*row)->remoteVersion, cancel);
    if (removed.outcome != PlanOp::Outcome::done) co_return removed;
  }
  OpResult gone;
  if (here) {
    Removal removal{key, Fingerprint::of(*stat), {}};
    Result<Placement> placed = co_await context_.placer.discard(std::move(removal));
    gone = placed.ok() ? ofPlacement(*placed) : OpResult::from(placed.error());
  } else {
    gone = co_await eraseRow(key);
  }
  if (gone.outcome != PlanOp::Outcome::done || !there) co_return gone;
  co_return co_await keepParent(path, std::move(key), std::move(cancel));
}

Task<OpResult> Operations::removeFromCloud(RelPath path, std::string version, CancelToken cancel) {
  OpResult kept = co_await keepParent(path, path.text(), cancel);
  if (kept.outcome != PlanOp::Outcome::done) co_return kept;
  Precondition precondition = Precondition::matches(ObjectVersion{std::move(version)});
  Status removed = co_await context_.place.remote.remove(path, precondition, cancel);
  if (removed.ok() || removed.error().kind == ErrorKind::notFound) co_return OpResult::done();
  if (removed.error().kind != ErrorKind::conflict) co_return OpResult::from(removed.error());
  co_return OpResult::failed(Error{ErrorKind::conflict,
                                   "it was changed in the cloud since the last run: sync first",
                                   path.text(), 0});
}

Task<OpResult> Operations::removeDirectoryByName(std::string key, CancelToken cancel) {
  RelPath path = EntryKey{key}.path();
  Folder& root = context_.place.root;
  Result<std::optional<BaseRow>> row = findRow(key);
  if (!row.ok()) co_return OpResult::failed(row.error());
  Result<FileStat> stat = root.stat(path);
  bool here = stat.ok() && stat->type == FileType::directory;
  bool there = *row && (*row)->facts.standing == Standing::synced;
  if (!here && !there) co_return OpResult::failed(unknown(key));
  if (there) {
    Status removed = co_await context_.place.remote.removeDirectory(path, cancel);
    bool gone = removed.ok() || removed.error().kind == ErrorKind::notFound;
    if (!gone && removed.error().kind == ErrorKind::notEmpty) {
      co_return OpResult::failed(Error{ErrorKind::notEmpty,
                                       "it holds more in the cloud than is known here: sync first",
                                       path.text(), 0});
    }
    if (!gone) co_return OpResult::from(removed.error());
  }
  if (here) {
    Status removed = root.removeFolder(path);
    if (removed.ok()) removed = root.syncFolder(path.parent());
    if (!removed.ok() && removed.error().kind == ErrorKind::notEmpty) {
      co_return OpResult::failed(
          Error{ErrorKind::notEmpty, "it still holds what is not synced", path.text(), 0});
    }
    if (!removed.ok() && removed.error().kind != ErrorKind::notFound) {
      co_return OpResult::from(removed.error());
    }
  }
  OpResult erased = co_await eraseRow(key);
  if (erased.outcome != PlanOp::Outcome::done || !there) co_return erased;
  co_return co_await keepParent(path, std::move(key), std::move(cancel));
}

Task<OpResult> Operations::makeDirectoryByName(std::string key, CancelToken cancel) {
  RelPath path = EntryKey{key}.path();
  bool implied = !context_.place.remote.features().realDirectories && isCarriedBelow(key, key);
  if (!implied) {
    Status made = co_await context_.place.remote.makeDirectory(path, cancel);
    if (!made.ok()) co_return OpResult::from(made.error());
  }
  Result<FileStat> stat = context_.place.root.stat(path);
  BaseRow row;
  row.key = std::move(key);
  row.facts.local = stat.ok() && stat->type == FileType::directory;
  if (row.facts.local) row.facts.fingerprint = Fingerprint::of(*stat);
  co_return co_await commitRow(std::move(row));
}

}  // namespace cloudsync
