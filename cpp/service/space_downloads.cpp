#include <utility>

#include "service/space.h"
#include "service/space_engine.h"

// What a space does for Download and CloudFileCache: bring one file's content here, and free it.

namespace cloudsync {

namespace {

// Kept free beside what a download needs, so that the state store and others can go on.
constexpr ByteCount kReserve = 16 * 1024 * 1024;

Error unknownFile(const RelPath& path) {
  return Error{ErrorKind::notFound, "the cloud has no file of this name", path.text(), 0};
}

}  // namespace

Task<Result<Space::Admission>> Space::admitDownload(RelPath path) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  Engine& engine = **opened;
  Result<std::optional<BaseRow>> row = findRow(path.text());
  if (!row.ok()) co_return row.error();
  Result<FileStat> stat = engine.root->stat(path);
  bool here = stat.ok() && stat->type == FileType::file;
  bool known = row->has_value() && (*row)->facts.standing == Standing::synced;
  if (!known) {
    // A local file that has not gone up yet has its content here, too.
    if (here) co_return Admission{true, stat->size, std::nullopt};
    co_return unknownFile(path);
  }
  // Whatever stands here is the user's: the agreed content, or a newer one.
  if (here) co_return Admission{true, stat->size, std::nullopt};

  BaseRow& base = **row;
  ByteCount size = base.facts.size;
  Result<SpaceInfo> space = engine.root->space();
  if (!space.ok()) co_return space.error();
  if (space->available < size + kReserve) {
    co_return Error{ErrorKind::noSpace,
                    "the download needs " + std::to_string(size) + " bytes and a reserve of " +
                        std::to_string(kReserve) + ", and the disk has " +
                        std::to_string(space->available) + " left",
                    path.text(), 0};
  }
  DownloadRequest request{path.text(), ObjectVersion{base.remoteVersion}, size, base.facts.sha256,
                          base.facts.remoteModifyTime};
  Admission admission;
  admission.size = size;
  admission.order = DownloadQueue::Order{std::move(request), std::nullopt, std::move(base)};
  co_return admission;
}

Task<Result<std::shared_ptr<DownloadTask>>> Space::startDownload(
    DownloadQueue::Order order, std::shared_ptr<DownloadWatcher> watcher) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  co_return co_await (*opened)->downloads->start(std::move(order), std::move(watcher));
}

Task<Status> Space::stopDownload(RelPath path, Partial partial) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  Engine& engine = **opened;
  bool wasRunning = engine.downloads->isRunning(path.text());
  co_await engine.downloads->stop(path.text());
  if (wasRunning) {
    Status marked = needs_.store.mark(id_, path.text(), Mark::stopped);
    if (!marked.ok()) co_return marked;
  }
  if (partial == Partial::keep) co_return Status();
  const World& world = needs_.world;
  TransferPlace place{world.scheduler, world.clock, world.random,    *engine.root,  *remote_,
                      needs_.store,    id_,         *engine.content, needs_.streams};
  co_return forgetPartial(place, path.text());
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
  Result<FileStat> stat = engine.root->stat(path);
  bool synced = found->has_value() && (*found)->facts.standing == Standing::synced;
  if (!synced) {
    if (!stat.ok()) co_return unknownFile(path);
    co_return Error{ErrorKind::notPermitted, "its content is not in the cloud yet: sync it first",
                    key, 0};
  }
  BaseRow row = std::move(**found);
  if (!row.facts.local) {
    if (!stat.ok()) co_return Status();  // freed already
    co_return Error{ErrorKind::notPermitted,
                    "a local file of its name is not in the cloud yet: sync it first", key, 0};
  }
  if (!stat.ok()) co_return stat.error();
  if (row.facts.pinned) co_return Error{ErrorKind::notPermitted, "it is pinned", key, 0};
  if (!row.facts.sha256) {
    co_return Error{ErrorKind::notPermitted,
                    "its content was never compared with the cloud's: sync it first", key, 0};
  }
  Result<ObjectInfo> info = co_await remote_->stat(path, CancelToken());
  if (!info.ok() && info.error().kind != ErrorKind::notFound) co_return info.error();
  bool same = info.ok() && info->version.text == row.remoteVersion &&
              info->size == row.facts.size && (!info->sha256 || info->sha256 == row.facts.sha256);
  if (!same) {
    co_return Error{ErrorKind::notPermitted,
                    "the cloud does not hold this content any more: sync it first", key, 0};
  }

  Fingerprint expected = row.facts.fingerprint;
  row.facts.mark = Mark::freed;
  Removal removal{key, expected, std::move(row)};
  Result<Placement> placed = co_await engine.placer->free(std::move(removal));
  if (!placed.ok()) co_return placed.error();
  if (placed->kind == Placement::Kind::done) co_return Status();
  co_return placed->error.value_or(Error{ErrorKind::busy, "it is in use", key, 0});
}

}  // namespace cloudsync
