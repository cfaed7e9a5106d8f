#include <algorithm>
#include <utility>

#include "cache/folder_syncs.h"
#include "sync/operations.h"

// The operations on directories: made parents first, removed children first, and only when empty.

namespace cloudsync {

namespace {

BaseRow directoryRow(const std::string& key, const FileStat& stat) {
  BaseRow row;
  row.key = key;
  row.facts.local = true;
  row.facts.fingerprint = Fingerprint::of(stat);
  return row;
}

}  // namespace

Task<OpResult> Operations::makeLocalDirectory(PlanOp op) {
  Folder& root = context_.place.root;
  RelPath path = EntryKey{op.key}.path();
  // A directory above it may have been deleted here before this one appeared in the cloud.
  FolderSyncs above;
  Status parents = above.makeParents(root, path);
  if (!parents.ok()) co_return OpResult::from(parents.error());
  above.run(root);
  if (const Error* failed = above.failureFor(path)) co_return OpResult::from(*failed);
  Status made = root.makeFolder(path);
  if (!made.ok() && made.error().kind != ErrorKind::exists) co_return OpResult::from(made.error());
  Result<FileStat> stat = root.stat(path);
  if (!stat.ok()) co_return OpResult::from(stat.error());
  if (stat->type != FileType::directory) {
    co_return OpResult::postponed(
        Error{ErrorKind::notDirectory, "something else has the directory's name", op.key, 0});
  }
  Status durable = root.syncFolder(path.parent());
  if (!durable.ok()) co_return OpResult::from(durable.error());
  BaseRow row = directoryRow(op.key, *stat);
  co_return co_await commitRow(std::move(row));
}

Task<OpResult> Operations::makeRemoteDirectory(PlanOp op, CancelToken cancel) {
  RelPath path = EntryKey{op.key}.path();
  Result<FileStat> stat = context_.place.root.stat(path);
  if (!stat.ok()) {
    if (stat.error().kind != ErrorKind::notFound) co_return OpResult::from(stat.error());
    co_return OpResult::postponed(
        Error{ErrorKind::changed, "the directory is gone again", op.key, 0});
  }
  bool implied =
      !context_.place.remote.features().realDirectories && isCarriedBelow(op.key, op.key);
  if (!implied) {
    Status made = co_await context_.place.remote.makeDirectory(path, cancel);
    if (!made.ok()) co_return OpResult::from(made.error());
  }
  BaseRow row = directoryRow(op.key, *stat);
  co_return co_await commitRow(std::move(row));
}

Task<OpResult> Operations::removeLocalDirectory(PlanOp op) {
  Folder& root = context_.place.root;
  RelPath path = EntryKey{op.key}.path();
  Status removed = root.removeFolder(path);
  if (removed.ok()) removed = root.syncFolder(path.parent());
  if (removed.ok() || removed.error().kind == ErrorKind::notFound) {
    co_return co_await eraseRow(op.key);
  }
  if (removed.error().kind != ErrorKind::notEmpty) co_return OpResult::from(removed.error());
  // It stays because of what is not carried (ignored files, symlinks, an operation held back): a
  // verdict, so that it does not go up again until it holds something that does.
  Result<FileStat> stat = root.stat(path);
  if (!stat.ok()) co_return OpResult::from(stat.error());
  BaseRow row = directoryRow(op.key, *stat);
  row.facts.standing = Standing::ignored;
  co_return co_await commitRow(std::move(row));
}

Task<OpResult> Operations::removeRemoteDirectory(PlanOp op, CancelToken cancel) {
  RelPath path = EntryKey{op.key}.path();
  Result<FileStat> stat = context_.place.root.stat(path);
  // A file that took its name, or its parent's, took the directory away.
  bool gone = stat.ok() ? stat->type == FileType::file
                        : stat.error().kind == ErrorKind::notFound ||
                              stat.error().kind == ErrorKind::notDirectory;
  if (!gone) {
    if (!stat.ok()) co_return OpResult::from(stat.error());
    co_return OpResult::postponed(
        Error{ErrorKind::changed, "the directory is there again", op.key, 0});
  }
  Status removed = co_await context_.place.remote.removeDirectory(path, cancel);
  if (removed.ok() || removed.error().kind == ErrorKind::notFound) {
    OpResult erased = co_await eraseRow(op.key);
    if (erased.outcome != PlanOp::Outcome::done) co_return erased;
    co_return co_await keepParent(path, op.key, cancel);
  }
  if (removed.error().kind != ErrorKind::notEmpty) co_return OpResult::from(removed.error());
  // It keeps cloud-only children, or new ones of somebody else: known without a local directory.
  BaseRow row;
  row.key = op.key;
  co_return co_await commitRow(std::move(row));
}

// Do rows tell that something of this directory, but for `removed`, is in the cloud? False may also
// mean that the first of them do not say.
bool Operations::isCarriedBelow(const std::string& directoryKey, const std::string& removed) {
  constexpr std::size_t kLooked = 64;
  std::lock_guard lock(readerMutex_);
  Result<BaseBatch> rows =
      reader_->page(context_.place.space, directoryKey, endOfSubtree(directoryKey), kLooked);
  if (!rows.ok()) return false;
  return std::any_of(rows->entries().begin(), rows->entries().end(), [&removed](const auto& row) {
    return row.facts.standing == Standing::synced && row.kind == EntryKind::file &&
           row.key != removed;
  });
}

// What was removed may have been all that made its parent a directory in the cloud. It still is one
// here, and other devices must not take its end for a deletion.
Task<OpResult> Operations::keepParent(RelPath path, std::string removed, CancelToken cancel) {
  RelPath parent = path.parent();
  std::string key = EntryKey::directory(parent).text;
  bool mayVanish = !parent.isRoot() && !context_.place.remote.features().realDirectories;
  if (!mayVanish || isCarriedBelow(key, removed)) co_return OpResult::done();
  Result<FileStat> stat = context_.place.root.stat(parent);
  if (!stat.ok() || stat->type != FileType::directory) co_return OpResult::done();
  Result<std::optional<BaseRow>> row = findRow(key);
  bool agreed = row.ok() && *row && (*row)->facts.standing == Standing::synced;
  if (!agreed) co_return OpResult::done();
  Status made = co_await context_.place.remote.makeDirectory(parent, cancel);
  co_return made.ok() ? OpResult::done() : OpResult::from(made.error());
}

}  // namespace cloudsync
