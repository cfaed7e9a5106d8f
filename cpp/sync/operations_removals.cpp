#include <utility>

#include "store/racy.h"
#include "sync/operations.h"

// The operations that take something away: recoverably, and only after one more look.

namespace cloudsync {

Task<OpResult> Operations::removeLocal(PlanOp op, CancelToken cancel) {
  if (!op.localExpected) co_return OpResult::failed(Error{});
  Result<std::optional<RelPath>> other = otherSpellingOf(RelPath::trusted(op.key));
  if (!other.ok()) co_return OpResult::from(other.error());
  if (*other) co_return co_await eraseRow(op.key);  // what stands there is another file
  Result<std::optional<BaseRow>> base = findRow(op.key);
  if (!base.ok()) co_return OpResult::failed(base.error());
  if (*base && racyByModifyTime(*op.localExpected, (*base)->facts.lookedAt)) {
    // The look at it was too fresh to be believed. Other bytes than the agreed ones are an edit,
    // which stays here, and on its own.
    Result<ContentHash> now = co_await hashLocalFile(context_.place, op.key, cancel);
    if (!now.ok()) co_return OpResult::from(now.error());
    if (now->whole != (*base)->facts.sha256) co_return co_await eraseRow(op.key);
  }
  Status gone = co_await expectGoneRemotely(RelPath::trusted(op.key), cancel);
  if (!gone.ok()) co_return OpResult::from(gone.error());
  Removal removal{op.key, *op.localExpected, {}};
  Result<Placement> placed = co_await context_.placer.discard(std::move(removal));
  if (!placed.ok()) co_return OpResult::from(placed.error());
  co_return fromPlacement(std::move(*placed));
}

OpResult Operations::fromPlacement(Placement placement) {
  switch (placement.kind) {
    case Placement::Kind::done:
      return OpResult::done();
    case Placement::Kind::postponed:
      return OpResult::postponed(placement.error.value_or(Error{}));
    case Placement::Kind::failed:
      return OpResult::from(placement.error.value_or(Error{}));
  }
  return OpResult::done();
}

// Did the user delete it? Not if it is there again, or has been freed since the plan was made.
Status Operations::expectDeletedHere(const std::string& key) {
  return context_.placer.betweenRounds([this, &key]() -> Status {
    Result<FileStat> stat = context_.place.root.stat(RelPath::trusted(key));
    // A directory of its name is not the file: that was deleted all the same.
    Result<std::optional<RelPath>> other = otherSpellingOf(RelPath::trusted(key));
    if (!other.ok()) return other.error();
    bool replaced = *other || (stat.ok() && stat->type == FileType::directory);
    if (stat.ok() && !replaced) {
      return Error{ErrorKind::changed, "the file is there again", key, 0};
    }
    bool gone = replaced || stat.error().kind == ErrorKind::notFound ||
                stat.error().kind == ErrorKind::notDirectory;
    if (!gone) return stat.error();
    Result<std::optional<BaseRow>> row = findRow(key);
    if (!row.ok()) return row.error();
    bool agreed =
        row->has_value() && (*row)->facts.standing == Standing::synced && (*row)->facts.local;
    if (agreed) return Status();
    return Error{ErrorKind::changed, "its content was freed meanwhile, not deleted", key, 0};
  });
}

Task<OpResult> Operations::removeRemote(PlanOp op, CancelToken cancel) {
  RelPath path = RelPath::trusted(op.key);
  Status deleted = expectDeletedHere(op.key);
  if (!deleted.ok()) co_return OpResult::from(deleted.error());
  // Before and after: a crash in between must not end the directory, and of two files that go at
  // the same moment neither sees itself as the last one.
  OpResult kept = co_await keepParent(path, op.key, cancel);
  if (kept.outcome != PlanOp::Outcome::done) co_return kept;
  Precondition precondition = Precondition::matches(ObjectVersion{op.remoteExpected.value_or("")});
  Status removed = co_await context_.place.remote.remove(path, precondition, cancel);
  if (!removed.ok() && removed.error().kind != ErrorKind::notFound) {
    co_return OpResult::from(removed.error());
  }
  OpResult erased = co_await eraseRow(op.key);
  if (erased.outcome != PlanOp::Outcome::done) co_return erased;
  co_return co_await keepParent(path, op.key, cancel);
}

Task<OpResult> Operations::forget(PlanOp op, CancelToken cancel) {
  Status gone = co_await expectGoneRemotely(RelPath::trusted(op.key), cancel);
  if (!gone.ok()) co_return OpResult::from(gone.error());
  co_return co_await eraseRow(op.key);
}

}  // namespace cloudsync
