#include "sync/merge.h"

#include <utility>

namespace cloudsync {

namespace {

template <class Facts>
void report(const Entry<Facts>& entry, bool onRemote, ThreeWayMerge::Visitor& visitor) {
  switch (entry.kind) {
    case EntryKind::file:
    case EntryKind::directory:
      return;
    case EntryKind::symlink:
    case EntryKind::special:
    case EntryKind::badName:
    case EntryKind::ignored:
      visitor.setAside(entry.key, entry.kind, onRemote);
      return;
    case EntryKind::unknown:
      visitor.hole(entry.key, onRemote);
      return;
  }
}

}  // namespace

ThreeWayMerge::ThreeWayMerge(std::unique_ptr<BaseStream> base, std::unique_ptr<LocalStream> local,
                             std::unique_ptr<RemoteStream> remote)
    : base_(std::move(base)), local_(std::move(local)), remote_(std::move(remote)) {}

Task<Status> ThreeWayMerge::fillSides(CancelToken cancel) {
  if (base_.needsBatch()) {
    Status filled = co_await base_.fill(cancel);
    if (!filled.ok()) co_return filled;
  }
  if (local_.needsBatch()) {
    Status filled = co_await local_.fill(cancel);
    if (!filled.ok()) co_return filled;
  }
  if (remote_.needsBatch()) {
    Status filled = co_await remote_.fill(cancel);
    if (!filled.ok()) co_return filled;
  }
  co_return Status();
}

Task<Status> ThreeWayMerge::run(Visitor& visitor, CancelToken cancel) {
  while (true) {
    Status filled = co_await fillSides(cancel);
    if (!filled.ok()) co_return filled;
    if (!base_.current() && !local_.current() && !remote_.current()) co_return Status();
    visitBatch(visitor);
    Status paused = co_await visitor.pause();
    if (!paused.ok()) co_return paused;
  }
}

void ThreeWayMerge::visitBatch(Visitor& visitor) {
  while (!base_.needsBatch() && !local_.needsBatch() && !remote_.needsBatch()) {
    const auto* base = base_.current();
    const auto* local = local_.current();
    const auto* remote = remote_.current();
    if (!base && !local && !remote) return;

    std::string_view key;
    if (base) key = base->key;
    if (local && (key.empty() || local->key < key)) key = local->key;
    if (remote && (key.empty() || remote->key < key)) key = remote->key;

    if (local && local->key == key) report(*local, false, visitor);
    if (remote && remote->key == key) report(*remote, true, visitor);

    Triple triple;
    triple.key = key;
    if (base && base->key == key) {
      triple.base = &base->facts;
      base_.advance();
    }
    triple.local = local_.take(key, triple.localFacts);
    triple.remote = remote_.take(key, triple.remoteFacts);
    visitor.visit(triple);
  }
}

}  // namespace cloudsync
