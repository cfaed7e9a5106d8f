#include <chrono>
#include <utility>

#include "base/time_limit.h"
#include "service/space.h"
#include "service/space_engine.h"
#include "transfer/read_back.h"

// What a space does for CloudFileCache: free the disk of one file's content.

namespace cloudsync {

namespace {

// cleanCache() holds the JavaScript thread: nobody waits longer for a cloud that says nothing. A
// live one answers in less than a second.
constexpr Duration kPatience = std::chrono::seconds(10);

Error silent(const std::string& key) {
  return Error{
      ErrorKind::timeout,
      "the cloud did not answer within 10 seconds: the file stays as it is; try again later", key,
      0};
}

Error refusal(std::string why, const std::string& key) {
  return Error{ErrorKind::notPermitted, std::move(why), key, 0};
}

Error otherContent(const std::string& key) {
  return refusal("the cloud does not hold this content any more: sync it first", key);
}

}  // namespace

// Does it say that it holds what the row says? True: that must be read back to be believed.
Task<Result<bool>> Space::askCloud(BaseRow row, CancelToken cancel) {
  Task<Result<ObjectInfo>> looking = remote_->stat(RelPath::trusted(row.key), cancel);
  Result<ObjectInfo> info = co_await looking;
  if (!info.ok() && info.error().kind != ErrorKind::notFound) co_return info.error();
  bool same = info.ok() && info->version.text == row.remoteVersion &&
              info->size == row.facts.size && (!info->sha256 || info->sha256 == row.facts.sha256);
  if (!same) co_return otherContent(row.key);
  // What came from there has been seen there.
  if (row.facts.origin == Origin::downloaded) co_return false;
  if (!remote_->features().verifiesContent) {
    // Not asked yet what it does? That costs less than reading a film back.
    Task<Status> checking = remote_->check(cancel);
    Status usable = co_await checking;
    if (!usable.ok()) co_return usable.error();
  }
  co_return !remote_->features().verifiesContent;
}

// Does the cloud hold what the row says, byte for byte?
Task<Status> Space::cloudHolds(BaseRow row) {
  Scheduler& scheduler = needs_.world.scheduler;
  TimeLimit limit(scheduler, kPatience, closing_.token());
  Task<Result<bool>> asking = askCloud(row, limit.token());
  Task<Result<bool>> limited = limit.run(std::move(asking));
  Result<bool> doubtful = co_await limited;
  if (!doubtful.ok() && limit.isOver()) co_return silent(row.key);
  if (!doubtful.ok()) co_return doubtful.error();
  if (!*doubtful) co_return Status();
  Task<Result<Sha256>> reading =
      readBack(scheduler, *remote_, RelPath::trusted(row.key), row.facts.size,
               ObjectVersion{row.remoteVersion}, kPatience, closing_.token());
  Result<Sha256> held = co_await reading;
  if (!held.ok() && held.error().kind == ErrorKind::conflict) co_return otherContent(row.key);
  if (!held.ok() && held.error().kind == ErrorKind::timeout) co_return silent(row.key);
  if (!held.ok()) co_return held.error();
  if (*held == row.facts.sha256) co_return Status();
  co_return refusal("the cloud's copy of it is damaged: the file stays on this device", row.key);
}

// Promise P4: only what the remote holds in the same bytes leaves this disk.
Task<Status> Space::freeFile(RelPath path) {
  Activity::Guard busy = needs_.activity.begin();
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  Engine& engine = **opened;
  const std::string& key = path.text();
  Result<std::optional<BaseRow>> found = findRow(key);
  if (!found.ok()) co_return found.error();
  Result<FileStat> stat = statOf(engine, path);
  bool synced = found->has_value() && (*found)->facts.standing == Standing::synced;
  if (!synced) {
    if (!stat.ok()) {
      co_return Error{ErrorKind::notFound, "the cloud has no file of this name", key, 0};
    }
    co_return refusal("its content is not in the cloud yet: sync it first", key);
  }
  BaseRow row = std::move(**found);
  if (!row.facts.local) {
    if (!stat.ok()) co_return Status();  // freed already
    co_return refusal("a local file of its name is not in the cloud yet: sync it first", key);
  }
  if (!stat.ok()) co_return stat.error();
  if (isIgnoreFile(key)) {
    co_return refusal("what it says is ignored would not be, without it on this device", key);
  }
  if (row.facts.pinned) co_return refusal("it is pinned", key);
  if (!row.facts.sha256) {
    co_return refusal("its content was never compared with the cloud's: sync it first", key);
  }
  Task<Status> asking = cloudHolds(row);
  Status held = co_await asking;
  if (!held.ok()) co_return held;

  Fingerprint expected = row.facts.fingerprint;
  row.facts.mark = Mark::freed;
  Removal removal{key, expected, std::move(row)};
  Result<Placement> placed = co_await engine.placer->free(std::move(removal));
  if (!placed.ok()) co_return placed.error();
  if (placed->kind == Placement::Kind::done) co_return Status();
  co_return placed->error.value_or(Error{ErrorKind::busy, "it is in use", key, 0});
}

}  // namespace cloudsync
