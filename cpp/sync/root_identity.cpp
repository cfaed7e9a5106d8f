#include "sync/root_identity.h"

#include <optional>
#include <string>
#include <utility>

#include "cache/root_marker.h"
#include "sync/holds.h"
#include "sync/remote_marker.h"
#include "sync/safety.h"

namespace cloudsync {

namespace {

Error halted(const Halt& halt, const std::string& spaceName) {
  return Error{ErrorKind::halted, halt.message, spaceName, 0};
}

// Notes `halt`, unless a person released exactly this.
Status stopFor(const Halt& halt, StateStore& store, SpaceId space, const std::string& spaceName) {
  Result<bool> released = isReleased(store, space, halt);
  if (!released.ok()) return released.error();
  if (*released) return Status();
  Status noted = noteRootHalt(store, space, spaceName, halt);
  if (!noted.ok()) return noted;
  return halted(halt, spaceName);
}

Result<RootTrust> identifyLocal(const SyncContext& context, SpaceRow& row) {
  Folder& root = context.place.root;
  Result<std::optional<RootMarker>> found = readRootMarker(root);
  if (!found.ok()) return found.error();
  std::optional<Halt> problem = judgeLocalRoot({row.rootId, *found ? (*found)->id : ""}, {});
  if (problem) {
    Status stopped = stopFor(*problem, context.place.store, context.place.space, context.spaceName);
    if (!stopped.ok()) return stopped.error();
    row.baseDoubted = true;
    row.rootId = *found ? (*found)->id : "";
    if (*found) row.generation = (*found)->generation;
  }
  if (row.rootId.empty()) {
    Result<RootMarker> made = createRootMarker(root, context.place.random);
    if (!made.ok()) return made.error();
    row.rootId = made->id;
    row.generation = made->generation;
  } else if ((*found)->generation != row.generation) {
    row.baseDoubted = true;
  }
  return row.baseDoubted ? RootTrust::unionOnly : RootTrust::full;
}

// A remote that was restored lacks a moment that was seen.
void judgeEpoch(const SyncContext& context, const RemoteMarker& marker, SpaceRow& row) {
  bool back = wentBack({row.remoteEpoch, row.remoteEpochToken}, marker.epochs);
  if (back && !row.baseDoubted) {
    context.reporter.noticed(
        Notice{context.spaceName, "", ErrorKind::changed,
               "the cloud is in an older state than before (restored from a backup?): nothing is "
               "deleted in this run, and what it lacks goes up again"});
  }
  row.baseDoubted = row.baseDoubted || back;
  row.remoteEpoch = marker.newest().number;
  row.remoteEpochToken = marker.newest().token;
}

Task<Result<RemoteMarker>> identifyRemote(SyncContext context, std::string remembered,
                                          CancelToken cancel) {
  const TransferPlace& place = context.place;
  Result<std::optional<RemoteMarker>> found = co_await readRemoteMarker(place, cancel);
  if (!found.ok()) co_return found.error();
  std::optional<Halt> problem = judgeRemoteRoot({remembered, *found ? (*found)->id : ""});
  if (problem) {
    Status stopped = stopFor(*problem, place.store, place.space, context.spaceName);
    if (!stopped.ok()) co_return stopped.error();
  }
  if (*found) co_return std::move(**found);
  Task<Result<RemoteMarker>> making = makeRemoteMarker(place, cancel);
  co_return co_await making;
}

bool sameIdentity(const SpaceRow& a, const SpaceRow& b) {
  return a.rootId == b.rootId && a.remoteId == b.remoteId && a.baseDoubted == b.baseDoubted &&
         a.remoteEpoch == b.remoteEpoch && a.remoteEpochToken == b.remoteEpochToken;
}

void takeIdentity(const SpaceRow& from, SpaceRow& to) {
  // Freeing may have raised it since: only a root that is new to us says another one.
  if (from.rootId != to.rootId) to.generation = from.generation;
  to.rootId = from.rootId;
  to.remoteId = from.remoteId;
  to.baseDoubted = from.baseDoubted;
  to.remoteEpoch = from.remoteEpoch;
  to.remoteEpochToken = from.remoteEpochToken;
}

}  // namespace

Task<Result<RootTrust>> identifyRoots(SyncContext context, CancelToken cancel) {
  const TransferPlace& place = context.place;
  SpaceRow row;
  // Between rounds: a freeing raises the marker before it is remembered.
  Result<RootTrust> local = context.placer.betweenRounds([&context, &row] {
    row = context.memory.read();
    return identifyLocal(context, row);
  });
  if (!local.ok()) co_return local.error();

  Task<Result<RemoteMarker>> identifying = identifyRemote(context, row.remoteId, cancel);
  Result<RemoteMarker> remote = co_await identifying;
  if (!remote.ok()) co_return remote.error();
  bool isOther = !row.remoteId.empty() && row.remoteId != remote->id;
  if (isOther) {
    row.baseDoubted = true;
    row.remoteEpoch = 0;
  }
  row.remoteId = remote->id;
  judgeEpoch(context, *remote, row);
  if (!sameIdentity(row, context.memory.read())) {
    Status saved =
        context.memory.update([&row](SpaceRow& remembered) { takeIdentity(row, remembered); });
    if (!saved.ok()) co_return saved.error();
    Status forgotten = place.store.forgetReleasedRoots(place.space);
    if (!forgotten.ok()) co_return forgotten.error();
  }
  co_return row.baseDoubted ? RootTrust::unionOnly : RootTrust::full;
}

Status identifyLocalRoot(Folder& root, const std::string& path, StateStore& store, SpaceId space,
                         SpaceMemory& memory) {
  const SpaceRow row = memory.read();
  Result<std::optional<RootMarker>> marker = readRootMarker(root);
  if (!marker.ok()) return marker.error();
  Result<FileStat> stat = root.stat();
  if (!stat.ok()) return stat.error();
  const std::string found = *marker ? (*marker)->id : "";
  std::optional<Halt> problem = judgeLocalRoot({row.rootId, found}, {row.rootPath, path});
  if (problem) {
    Status stopped = stopFor(*problem, store, space, row.name);
    if (!stopped.ok()) return stopped;
  }
  const bool isSameDirectory = row.rootInode == 0 || row.rootInode == stat->inode;
  const bool isKnown = !problem && isSameDirectory && row.rootInode != 0 && row.rootPath == path;
  if (isKnown) return Status();
  Status saved = memory.update([&](SpaceRow& remembered) {
    remembered.rootPath = path;
    remembered.rootInode = stat->inode;
    remembered.rootDevice = stat->device;
    // A copy of the tree, or one that came back from a backup, or another one altogether.
    if (!row.rootId.empty() && (!isSameDirectory || row.rootId != found)) {
      remembered.baseDoubted = true;
    }
    if (row.rootId == found) return;
    remembered.rootId = found;
    if (*marker) remembered.generation = (*marker)->generation;
  });
  return saved.ok() && problem ? store.forgetReleasedRoots(space) : saved;
}

Status rememberGeneration(Folder& root, SpaceMemory& memory) {
  Result<std::optional<RootMarker>> marker = readRootMarker(root);
  if (!marker.ok()) return marker.error();
  if (!*marker || (*marker)->generation == memory.read().generation) return Status();
  std::uint64_t generation = (*marker)->generation;
  return memory.update([generation](SpaceRow& row) { row.generation = generation; });
}

Status trustBaseAgain(SpaceMemory& memory) {
  if (!memory.read().baseDoubted) return Status();
  return memory.update([](SpaceRow& row) { row.baseDoubted = false; });
}

Task<Status> raiseEpoch(SyncContext context, CancelToken cancel) {
  std::string id = context.memory.read().remoteId;
  Task<Result<RemoteEpoch>> raising =
      raiseRemoteEpoch(context.place, std::move(id), std::move(cancel));
  Result<RemoteEpoch> raised = co_await raising;
  if (!raised.ok()) co_return raised.error();
  co_return context.memory.update([&raised](SpaceRow& row) {
    row.remoteEpoch = raised->number;
    row.remoteEpochToken = raised->token;
  });
}

}  // namespace cloudsync
