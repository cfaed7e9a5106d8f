#include "sync/changed_here.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "scan/base_scan.h"
#include "scan/local_scan.h"
#include "scan/scope.h"
#include "store/racy.h"
#include "sync/merge.h"

namespace cloudsync {

namespace {

// A remote that nobody asks.
class NothingListed final : public RemoteStream {
 public:
  Task<Result<RemoteBatch>> next(CancelToken) override { co_return RemoteBatch(); }
};

bool fileChanged(const BaseFacts& row, const FileStat& stat) {
  Fingerprint now = Fingerprint::of(stat);
  return now != row.fingerprint || racyByModifyTime(now, row.lookedAt);
}

class ChangeFinder final : public ThreeWayMerge::Visitor {
 public:
  ChangeFinder(const SyncContext& context, std::size_t mostParts)
      : features_(context.place.remote.features()),
        mediaOnly_(context.policy.mediaOnly),
        scope_(context.scope, context.place.root),
        mostParts_(mostParts) {}

  void visit(const Triple& triple) override {
    if (triple.local != Presence::present && triple.local != Presence::absent) return;
    if (!isChanged(triple)) return;
    // Where nobody knows, the run says why.
    Result<bool> ignored = scope_.ignores(triple.key);
    if (ignored.ok() && *ignored) return;
    if (isIgnoreFile(triple.key)) {
      changed_.addSubtree(parentKey(triple.key));  // other rules for all that is there
    } else if (triple.isDirectory()) {
      changed_.addSubtree(triple.key);
    } else {
      changed_.addEntry(triple.key);
    }
  }
  void setAside(std::string_view, EntryKind, bool) override {}
  void hole(std::string_view, bool) override {}
  Task<Status> pause() override {
    changed_.coarsen(mostParts_);
    co_return Status();
  }

  KeySet take() { return std::exchange(changed_, KeySet()); }

 private:
  bool isChanged(const Triple& triple) const {
    const bool here = triple.local == Presence::present;
    if (!triple.base) {
      if (!here || !canCarry(features_, triple.key)) return false;
      return !triple.isDirectory() || !mediaOnly_;  // a gallery's goes up with its first medium
    }
    const BaseFacts& row = *triple.base;
    const bool wasHere = row.local || row.standing == Standing::local;
    if (here != wasHere) return true;
    if (!here || triple.isDirectory()) return false;
    return row.standing == Standing::local || fileChanged(row, triple.localFacts->stat);
  }

  const Features& features_;
  const bool mediaOnly_;
  ScopeCursor scope_;
  const std::size_t mostParts_;
  KeySet changed_;
};

// A directory that no row knows goes up before what is in it.
Status addNewParents(const SyncContext& context, KeySet& keys) {
  Result<std::unique_ptr<StateReader>> reader = context.place.store.openReader();
  if (!reader.ok()) return reader.error();
  KeySet parents;
  std::string known;  // the last one that has a row: neighbours share it
  for (const auto& part : keys.parts()) {
    std::string parent(parentKey(part.first));
    while (!parent.empty() && parent != known && !keys.holds(parent) && !parents.holds(parent)) {
      Result<std::optional<BaseRow>> row = (*reader)->find(context.place.space, parent);
      if (!row.ok()) return row.error();
      if (*row) {
        known = parent;
        break;
      }
      parents.addEntry(parent);
      parent = std::string(parentKey(parent));
    }
  }
  keys.join(parents);
  return Status();
}

}  // namespace

Task<Result<KeySet>> findChangedHere(SyncContext context, KeySet keys, std::size_t mostParts,
                                     CancelToken cancel) {
  const TransferPlace& place = context.place;
  Result<std::unique_ptr<StateReader>> reader = place.store.openReader();
  if (!reader.ok()) co_return reader.error();
  ThreeWayMerge merge(scanBase(std::move(*reader), place.space, keys),
                      scanLocal(place.scheduler, place.root, keys, context.scope.filter()),
                      std::make_unique<NothingListed>());
  ChangeFinder finder(context, mostParts);
  Status merged = co_await merge.run(finder, cancel);
  if (!merged.ok()) co_return merged.error();
  KeySet changed = finder.take();
  Status complete = addNewParents(context, changed);
  if (!complete.ok()) co_return complete.error();
  co_return changed;
}

}  // namespace cloudsync
