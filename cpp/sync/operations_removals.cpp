#include <utility>

#include "sync/operations.h"

// The operations that take something away: recoverably, and only after one more look.

namespace cloudsync {

Task<OpResult> Operations::removeLocal(PlanOp op, CancelToken cancel) {
  if (!op.localExpected) co_return OpResult::failed(Error{});
  Status gone = co_await expectGoneRemotely(RelPath::trusted(op.key), cancel);
  if (!gone.ok()) co_return OpResult::from(gone.error());
  Removal removal{op.key, *op.localExpected, {}};
  Result<Placement> placed = co_await context_.placer.discard(std::move(removal));
  if (!placed.ok()) co_return OpResult::from(placed.error());
  switch (placed->kind) {
    case Placement::Kind::done:
      co_return OpResult::done();
    case Placement::Kind::postponed:
      co_return OpResult::postponed(placed->error.value_or(Error{}));
    case Placement::Kind::failed:
      co_return OpResult::from(placed->error.value_or(Error{}));
  }
  co_return OpResult::done();
}

Task<OpResult> Operations::removeRemote(PlanOp op, CancelToken cancel) {
  RelPath path = RelPath::trusted(op.key);
  Result<FileStat> stat = context_.place.root.stat(path);
  if (stat.ok()) {
    co_return OpResult::postponed(
        Error{ErrorKind::changed, "the file is there again", op.key, 0});
  }
  bool gone = stat.error().kind == ErrorKind::notFound ||
              stat.error().kind == ErrorKind::notDirectory;
  if (!gone) co_return OpResult::from(stat.error());
  Precondition precondition = Precondition::matches(ObjectVersion{op.remoteExpected.value_or("")});
  Status removed = co_await context_.place.remote.remove(path, precondition, cancel);
  if (!removed.ok() && removed.error().kind != ErrorKind::notFound) {
    co_return OpResult::from(removed.error());
  }
  co_return co_await eraseRow(op.key);
}

Task<OpResult> Operations::forget(PlanOp op, CancelToken cancel) {
  Status gone = co_await expectGoneRemotely(RelPath::trusted(op.key), cancel);
  if (!gone.ok()) co_return OpResult::from(gone.error());
  co_return co_await eraseRow(op.key);
}

}  // namespace cloudsync
