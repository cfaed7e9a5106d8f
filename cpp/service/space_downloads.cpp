#include <utility>

#include "service/space.h"
#include "service/space_engine.h"

// What a space does for Download: bring one file's content here.

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
  Result<FileStat> stat = statOf(engine, path);
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
  auto foundMeanwhile = [this, &engine, path] { return localRow(engine, path); };
  admission.order = DownloadQueue::Order{std::move(request), std::nullopt, std::move(base),
                                         TaskId{}, std::move(foundMeanwhile)};
  co_return admission;
}

// The row of a file whose agreed content is here.
Result<std::optional<BaseRow>> Space::localRow(Engine& engine, const RelPath& path) {
  Result<std::optional<BaseRow>> row = findRow(path.text());
  if (!row.ok() || !*row) return row;
  const BaseFacts& facts = (*row)->facts;
  if (facts.standing != Standing::synced || !facts.local) return std::optional<BaseRow>();
  Result<FileStat> stat = engine.root->stat(path);
  if (stat.ok() && stat->type == FileType::file) return row;
  return std::optional<BaseRow>();
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

}  // namespace cloudsync
