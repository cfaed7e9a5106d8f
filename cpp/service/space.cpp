#include "service/space.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cache/root_marker.h"
#include "service/file_uri.h"
#include "service/space_engine.h"
#include "sync/root_identity.h"
#include "sync/safety.h"

namespace cloudsync {

Space::Space(SpaceConfig config, SpaceRow row, std::unique_ptr<Remote> remote, Needs needs)
    : config_(std::move(config)),
      uriPrefix_(uriPrefixFor(config_.root, config_.uriPrefix)),
      id_(row.id),
      remote_(std::move(remote)),
      needs_(std::move(needs)),
      memory_(needs_.store, std::move(row)) {}

Space::~Space() = default;

Status Space::doubtRecent() {
  Result<Nanoseconds> last = needs_.store.lastLook(id_);
  if (!last.ok()) return last.error();
  memory_.doubt(Doubts::before(*last));
  return Status();
}

Result<Space::Engine*> Space::engine() {
  if (Engine* ready = ready_.load(std::memory_order_acquire)) return ready;
  std::lock_guard lock(engineMutex_);
  if (!engine_) {
    Result<std::unique_ptr<Engine>> built = build();
    if (!built.ok()) return built.error();
    engine_ = std::move(*built);
    ready_.store(engine_.get(), std::memory_order_release);
  }
  return engine_.get();
}

Result<std::unique_ptr<Space::Engine>> Space::build() {
  const World& world = needs_.world;
  auto engine = std::make_unique<Engine>();
  Result<std::unique_ptr<Folder>> root = world.files.openRoot(config_.root);
  if (!root.ok()) {
    Error error = root.error();
    error.message = "the root of space '" + config_.name + "' cannot be opened: " + error.message +
                    "; create the directory or mount its disk";
    return error;
  }
  engine->root = std::move(*root);
  Result<FileStat> stat = engine->root->stat();
  if (!stat.ok()) return stat.error();
  engine->device = stat->device;
  engine->content = std::make_unique<ContentStore>(ContentStore::Needs{
      *engine->root, needs_.store, id_, world.clock, world.random, needs_.deviceName});
  // Before anything is made or recovered: is it the right directory? The mount point of a disk
  // that is away must not look like a tree from which everything was deleted.
  Status right = checkMarker(*engine->root);
  if (!right.ok()) return right.error();
  Status prepared = engine->content->prepare();
  if (!prepared.ok()) return prepared.error();
  Result<bool> raised = wasRaisedByFreeing(*engine->root);
  if (!raised.ok()) return raised.error();
  Result<std::vector<Recovered>> recovered = engine->content->recover();
  if (!recovered.ok()) return recovered.error();
  if (*raised) {
    Status remembered = rememberGeneration(*engine->root, memory_);
    if (!remembered.ok()) return remembered.error();
  }
  for (const Recovered& file : *recovered) {
    noticed(Notice{config_.name, printable(file.key), ErrorKind::changed, file.reason});
  }

  engine->placer = std::make_unique<Placer>(
      world.scheduler, *engine->content, needs_.store, id_,
      [this, root = engine->root.get()] { return rememberGeneration(*root, memory_); });
  TransferPlace place{world.scheduler, world.clock, world.random,     *engine->root, *remote_,
                      needs_.store,    id_,         *engine->content, needs_.streams};
  engine->downloads = std::make_unique<DownloadQueue>(place, *engine->placer, needs_.activity);
  SyncContext context{place,
                      memory_,
                      *engine->placer,
                      *engine->downloads,
                      uploads_,
                      *this,
                      config_.name,
                      ReconcilePolicy{config_.content == ContentPolicy::all, config_.mediaOnly},
                      DeletionLimit{config_.deletionLimitFiles, config_.deletionLimitShare},
                      std::chrono::days(config_.trashDays),
                      needs_.transfers};
  engine->sync = std::make_unique<SyncControl>(std::move(context), needs_.hub, needs_.activity);
  return engine;
}

Status Space::checkMarker(Folder& root) {
  std::string remembered = memory_.read().rootId;
  if (remembered.empty()) return Status();
  Result<std::optional<RootMarker>> marker = readRootMarker(root);
  if (!marker.ok()) return marker.error();
  std::string problem = judgeLocalRoot({remembered, *marker ? (*marker)->id : ""});
  if (problem.empty()) return Status();
  return Error{ErrorKind::halted, std::move(problem), config_.name, 0};
}

// A crash in the middle of a freeing round leaves the marker one ahead of what is remembered: our
// own doing, and no reason to distrust the rows.
Result<bool> Space::wasRaisedByFreeing(Folder& root) {
  Result<std::vector<Licence>> licences = needs_.store.licences(id_);
  if (!licences.ok()) return licences.error();
  bool freeing = std::any_of(licences->begin(), licences->end(), [](const Licence& licence) {
    return licence.kind == Licence::Kind::free;
  });
  if (!freeing) return false;
  Result<std::optional<RootMarker>> marker = readRootMarker(root);
  if (!marker.ok()) return marker.error();
  return *marker && (*marker)->generation == memory_.read().generation + 1;
}

// Another directory may have taken the root's name: a disk that was mounted or unmounted since.
Status Space::checkSameRoot(Engine& engine) {
  Result<std::unique_ptr<Folder>> named = needs_.world.files.openRoot(config_.root);
  if (!named.ok()) {
    return Error{ErrorKind::halted,
                 "the root " + config_.root + " is gone (" + named.error().message +
                     "); nothing is deleted. Bring it back, or mount its disk",
                 config_.name, named.error().systemCode};
  }
  Result<FileStat> now = (*named)->stat();
  if (!now.ok()) return now.error();
  Result<FileStat> held = engine.root->stat();
  if (!held.ok()) return held.error();
  if (now->inode == held->inode && now->device == held->device) return Status();
  return Error{ErrorKind::halted,
               "another directory stands at " + config_.root +
                   " by now; nothing is deleted. Close the device and open it again if it is right",
               config_.name, 0};
}

Task<Status> Space::checkReady() {
  Status usable = co_await remote_->check(CancelToken());
  if (!usable.ok()) co_return usable;
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  co_return checkSameRoot(**opened);
}

Task<Status> Space::startSync() {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  (*opened)->sync->start();
  co_return Status();
}

Task<Status> Space::stopSync() {
  Engine* engine = ready_.load(std::memory_order_acquire);
  if (engine) co_await engine->sync->stop();
  co_return Status();
}

SyncEvent Space::syncState() {
  if (Engine* engine = ready_.load(std::memory_order_acquire)) return engine->sync->state();
  SpaceRow row = memory_.read();
  return SyncEvent{config_.name, static_cast<SyncState>(row.syncState),
                   static_cast<SyncError>(row.syncError), true};
}

Task<Result<PlanInfo>> Space::plan() {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  co_return co_await (*opened)->sync->plan();
}

void Space::cancelAll() {
  closing_.cancel();
  Engine* engine = ready_.load(std::memory_order_acquire);
  if (!engine) return;
  engine->sync->cancel();
  engine->downloads->stopAll();
}

void Space::progressed(const RunProgress& progress) { needs_.hub.broadcast(progress); }

void Space::noticed(Notice notice) { needs_.hub.broadcast(std::move(notice)); }

Result<std::optional<BaseRow>> Space::findRow(const std::string& key) {
  std::lock_guard lock(readerMutex_);
  if (!reader_) {
    Result<std::unique_ptr<StateReader>> opened = needs_.store.openReader();
    if (!opened.ok()) return opened.error();
    reader_ = std::move(*opened);
  }
  return reader_->find(id_, key);
}

}  // namespace cloudsync
