#include "service/space.h"

#include <chrono>
#include <utility>

#include "service/file_uri.h"
#include "service/space_engine.h"
#include "sync/root_identity.h"

namespace cloudsync {

Space::Space(SpaceConfig config, SpaceRow row, std::unique_ptr<Remote> remote, Needs needs)
    : config_(std::move(config)),
      uriPrefix_(uriPrefixFor(config_.root, config_.uriPrefix)),
      id_(row.id),
      remote_(std::move(remote)),
      needs_(std::move(needs)),
      memory_(needs_.store, std::move(row)) {}

Space::~Space() = default;

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
  if (!root.ok()) return describeLostRoot(root.error());
  engine->root = std::move(*root);
  Result<FileStat> stat = engine->root->stat();
  if (!stat.ok()) return stat.error();
  engine->device = stat->device;
  engine->content = std::make_unique<ContentStore>(ContentStore::Needs{
      *engine->root, needs_.store, id_, world.clock, world.random, needs_.deviceName});
  // Before anything is made or recovered: is it the right directory? The mount point of a disk
  // that is away must not look like a tree from which everything was deleted.
  Status right = identifyLocalRoot(*engine->root, config_.root, needs_.store, id_, memory_);
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
  engine->downloads =
      std::make_unique<DownloadQueue>(place(*engine), *engine->placer, needs_.activity);
  SyncContext context{place(*engine),
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

TransferPlace Space::place(Engine& engine) {
  const World& world = needs_.world;
  return {world.scheduler, world.clock, world.random,    *engine.root,  *remote_,
          needs_.store,    id_,         *engine.content, needs_.streams};
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
