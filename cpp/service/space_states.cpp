#include <utility>

#include "fs/spelling.h"
#include "service/space.h"
#include "service/space_engine.h"

// What a space answers about its files: the row and one look at the disk, never a stored flag that
// could have gone stale.

namespace cloudsync {

namespace {

Error notHere(const RelPath& path, bool inCloud) {
  return Error{ErrorKind::notFound,
               inCloud ? "it was deleted on this device, and the next run deletes it in the cloud"
                       : "neither this device nor the cloud has a file of this name",
               path.text(), 0};
}

Error outOfScope(const RelPath& path) {
  return Error{ErrorKind::notFound, "it is out of the space's scope: the cloud knows nothing of it",
               path.text(), 0};
}

bool isSynced(const BaseFacts* row) { return row && row->standing == Standing::synced; }

}  // namespace

Result<FileStat> Space::statOf(const Engine& engine, const RelPath& path) {
  Result<FileStat> stat = engine.root->stat(path);
  if (!stat.ok() || engine.names == NameRule::exact) return stat;
  Result<std::optional<RelPath>> other = otherSpelling(*engine.root, path);
  if (!other.ok()) return other.error();
  if (!*other) return stat;
  return Error{ErrorKind::notFound, "it is called " + printable((*other)->text()) + " here",
               path.text(), 0};
}

Space::LocalLook Space::lookOf(const Engine& engine, const Result<FileStat>& stat) {
  if (!stat.ok()) {
    bool gone =
        stat.error().kind == ErrorKind::notFound || stat.error().kind == ErrorKind::notDirectory;
    return {gone ? Presence::absent : Presence::unknown, {}};
  }
  bool carried = stat->type == FileType::file || stat->type == FileType::directory;
  // Another file system is mounted there: never crossed.
  if (!carried || stat->device != engine.device) return {Presence::aside, *stat};
  return {Presence::present, *stat};
}

Result<FileSyncState> Space::fileState(const RelPath& path) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) return opened.error();
  Engine& engine = **opened;
  std::string key = path.text();
  Result<std::optional<BaseRow>> row = findRow(key);
  if (!row.ok()) return row.error();
  Result<FileStat> stat = statOf(engine, path);
  LocalLook look = lookOf(engine, stat);
  if (look.presence == Presence::unknown) return stat.error();
  // What is no file here and none in the cloud may be a directory that only the cloud has.
  bool maybeDirectory = stat.ok() ? stat->type == FileType::directory : !*row;
  if (maybeDirectory) {
    key += '/';
    row = findRow(key);
    if (!row.ok()) return row.error();
  }
  const BaseFacts* facts = *row ? &(*row)->facts : nullptr;
  std::optional<FileSyncState> state = stateOf(engine, key, facts, look);
  const bool waits = state == FileSyncState::toBeUploaded || state == FileSyncState::uploadFailure;
  if (waits) {
    Result<bool> ignored = ScopeCursor(scope_, *engine.root).ignores(key);
    if (!ignored.ok()) return ignored.error();
    if (*ignored) return outOfScope(path);
  }
  if (state) return *state;
  return look.presence == Presence::absent ? notHere(path, isSynced(facts)) : outOfScope(path);
}

std::optional<FileSyncState> Space::stateOf(Engine& engine, const std::string& key,
                                            const BaseFacts* row, const LocalLook& look) {
  if (row && row->standing == Standing::ignored) return std::nullopt;
  if (look.presence == Presence::ignored) return std::nullopt;
  const bool synced = isSynced(row);
  // It stays on this device only.
  if (!synced && config_.direction == Direction::download) return std::nullopt;
  const bool mayBeHere =
      look.presence == Presence::present || (row && look.presence == Presence::unknown);
  if (!synced && !mayBeHere) return std::nullopt;
  if (!row && !canCarry(remote_->features(), key)) return std::nullopt;
  const bool directory = key.ends_with('/');
  const bool arriving = !directory && engine.downloads->isRunning(key);
  const bool deleted = synced && row->local && look.presence == Presence::absent;
  if (deleted && !arriving) return std::nullopt;

  if (directory) return synced ? FileSyncState::completed : FileSyncState::toBeUploaded;
  if (uploads_.holds(key)) return FileSyncState::uploading;
  if (arriving) return FileSyncState::downloading;
  const bool failed = row && row->mark == Mark::uploadFailed;
  const FileSyncState waiting = failed ? FileSyncState::uploadFailure : FileSyncState::toBeUploaded;
  if (!synced) return waiting;
  if (look.presence == Presence::present && !isAgreed(*row, look)) return waiting;
  if (!isHere(row, look)) {
    return row->mark == Mark::stopped ? FileSyncState::stopped : FileSyncState::completed;
  }
  return row->origin == Origin::uploaded ? FileSyncState::uploadSuccess : FileSyncState::completed;
}

// What cannot be looked at is where its row says.
bool Space::isHere(const BaseFacts* row, const LocalLook& look) {
  if (look.presence != Presence::unknown) return look.presence == Presence::present;
  return row && (row->local || row->standing == Standing::local);
}

bool Space::isAgreed(const BaseFacts& row, const LocalLook& look) {
  return row.local && Fingerprint::of(look.stat) == row.fingerprint;
}

}  // namespace cloudsync
