#include "sync/moves.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/async_semaphore.h"
#include "base/task_group.h"
#include "store/move_marks.h"
#include "sync/folder_moves.h"

namespace cloudsync {

namespace {

using Kind = PlanOp::Kind;

constexpr std::size_t kPage = 512;
constexpr std::size_t kLooksAtOnce = 32;
// A million new files beside one that is gone are not asked for one by one.
constexpr std::uint64_t kLooksPerRemoval = 4;
constexpr std::uint64_t kMoreLooks = 256;

void countMove(PlanSummary& summary, const PlanOp& move) {
  --summary.operations;
  --summary.files;
  if (move.kind == Kind::moveRemote) {
    --summary.safety.removesRemote;
    summary.uploadBytes -= move.size;
  } else {
    --summary.safety.removesLocal;
    summary.downloadBytes -= move.size;
  }
}

// Renamed here: the object gets the new name in the cloud.
Status findLocalRenames(const SyncContext& context, const NoMoves& noMoves, PlanSummary& summary) {
  const TransferPlace& place = context.place;
  std::int64_t after = 0;
  while (true) {
    Result<std::vector<PlanMatch>> page =
        place.store.matchByPrint(place.space, Kind::upload, Kind::removeRemote, after, kPage);
    if (!page.ok()) return page.error();
    if (page->empty()) return Status();
    after = page->back().arrival.sequence;
    std::vector<PlanOp> moves;
    std::vector<std::int64_t> gone;
    std::set<std::int64_t> used;  // of two hard links to one file, one is the renamed one
    for (PlanMatch& match : *page) {
      bool again = !moves.empty() && moves.back().sequence == match.arrival.sequence;
      if (again || noMoves.holds(match.departure.key)) continue;
      if (!used.insert(match.departure.sequence).second) continue;
      PlanOp move = std::move(match.arrival);
      move.kind = Kind::moveRemote;
      move.source = std::move(match.departure.key);
      move.remoteExpected = std::move(match.departure.remoteExpected);
      countMove(summary, move);
      gone.push_back(match.departure.sequence);
      moves.push_back(std::move(move));
    }
    Status rewritten = place.store.rewritePlan(place.space, moves, gone);
    if (!rewritten.ok()) return rewritten;
  }
}

// Renamed in the cloud: asked for one by one, since a listing tells no content.
class RemoteRenames {
 public:
  RemoteRenames(const SyncContext& context, NoMoves noMoves, PlanSummary& summary)
      : context_(context),
        noMoves_(std::move(noMoves)),
        summary_(summary),
        looksLeft_(kLooksPerRemoval * summary.safety.removesLocal + kMoreLooks),
        slots_(context.place.scheduler, kLooksAtOnce) {}

  Task<Status> find(CancelToken cancel) {
    const TransferPlace& place = context_.place;
    std::int64_t after = 0;
    while (!cancel.cancelled() && looksLeft_ > 0) {
      std::size_t limit = static_cast<std::size_t>(std::min<std::uint64_t>(looksLeft_, kPage));
      Result<std::vector<PlanOp>> page =
          place.store.downloadsLikeRemovals(place.space, after, limit);
      if (!page.ok()) co_return page.error();
      if (page->empty()) break;
      after = page->back().sequence;
      looksLeft_ -= page->size();
      co_await lookAtAll(*page, cancel);
      for (PlanOp& op : *page) {
        Status matched = match(std::move(op));
        if (!matched.ok()) co_return matched;
      }
    }
    co_return Status();
  }

 private:
  // Fills in what each is known by; "" where that is not to be had.
  Task<void> lookAtAll(std::vector<PlanOp>& page, CancelToken cancel) {
    TaskGroup group(context_.place.scheduler, Lane::background);
    for (PlanOp& op : page) {
      AsyncSemaphore::Permit slot = co_await slots_.acquire();
      group.add(look(op, std::move(slot), cancel));
    }
    co_await group.join();
  }

  Task<void> look(PlanOp& op, [[maybe_unused]] AsyncSemaphore::Permit slot, CancelToken cancel) {
    RelPath path = RelPath::trusted(op.key);
    Result<ObjectInfo> info = co_await context_.place.remote.stat(path, std::move(cancel));
    // A failed look costs a download.
    if (!info.ok() || !info->sha256 || info->version.text != op.remoteExpected) co_return;
    op.was = markOfContent(info->size, *info->sha256);
    op.remoteModifyTime = info->modifyTime;
  }

  Status match(PlanOp move) {
    if (move.was.empty()) return Status();
    const TransferPlace& place = context_.place;
    Result<std::optional<PlanOp>> departure =
        place.store.findRemoval(place.space, Kind::removeLocal, move.was);
    if (!departure.ok()) return departure.error();
    if (!*departure || noMoves_.holds((*departure)->key)) return Status();
    move.kind = Kind::moveLocal;
    move.source = std::move((*departure)->key);
    move.localExpected = (*departure)->localExpected;
    countMove(summary_, move);
    // At once: the next of equal content must not find the same file.
    return place.store.rewritePlan(place.space, {&move, 1}, {&(*departure)->sequence, 1});
  }

  const SyncContext& context_;
  const NoMoves noMoves_;
  PlanSummary& summary_;
  std::uint64_t looksLeft_;
  AsyncSemaphore slots_;
};

}  // namespace

Task<Status> findMoves(SyncContext context, NoMoves noMoves, PlanSummary& summary,
                       CancelToken cancel) {
  if (summary.safety.removesRemote > 0) {
    Status found = findLocalRenames(context, noMoves, summary);
    if (!found.ok()) co_return found;
  }
  if (summary.removesFolders > 0) {
    Status found = moveAlong(context, summary);
    if (!found.ok()) co_return found;
  }
  if (summary.safety.removesLocal == 0) co_return Status();
  RemoteRenames renames(context, std::move(noMoves), summary);
  Task<Status> finding = renames.find(std::move(cancel));
  co_return co_await finding;
}

}  // namespace cloudsync
