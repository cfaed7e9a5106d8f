#include <utility>

#include "sync/operations.h"

// The operations that give content another name. Neither needs a licence: after a crash both trees
// show the new name, and equal content is adopted.

namespace cloudsync {

namespace {

Error notAsPlanned(std::string why, const std::string& key) {
  return Error{ErrorKind::changed, std::move(why), key, 0};
}

bool isFree(const Result<FileStat>& stat) {
  return !stat.ok() &&
         (stat.error().kind == ErrorKind::notFound || stat.error().kind == ErrorKind::notDirectory);
}

// A move that cannot be made is no failure: planned without moves, the next pass comes to the same
// end. But where the remote is away, or the disk full, that is what the run has to say.
OpResult withoutMove(Error error) {
  switch (error.kind) {
    case ErrorKind::notSupported:
    case ErrorKind::permission:
    case ErrorKind::remoteFault:
    case ErrorKind::invalidArgument:
    case ErrorKind::notFound:
      return OpResult::postponed(std::move(error));
    default:
      return OpResult::from(std::move(error));
  }
}

}  // namespace

// Is the disk as the plan saw it: the file under its new name, nothing under the old one? Of what
// the cloud alone has: nothing under either.
Status Operations::expectMovedHere(const PlanOp& op, const BaseRow& row) {
  Folder& root = context_.place.root;
  const RelPath source = RelPath::trusted(op.source);
  Result<FileStat> old = root.stat(source);
  Result<std::optional<RelPath>> other = otherSpellingOf(source);
  if (!other.ok()) return other.error();
  // What is found there may be the file under its new name, which differs in case.
  if (!isFree(old) && !*other) return notAsPlanned("something has its old name again", op.source);
  Result<FileStat> now = root.stat(RelPath::trusted(op.key));
  if (!op.localExpected) {
    bool cloudOnly = !row.facts.local && isFree(now);
    return cloudOnly ? Status() : notAsPlanned("it is not in the cloud alone any more", op.key);
  }
  bool same = row.facts.local && now.ok() && Fingerprint::of(*now) == *op.localExpected &&
              now->type == FileType::file;
  return same ? Status() : notAsPlanned("it was changed or moved again", op.key);
}

Task<OpResult> Operations::moveRemote(PlanOp op, CancelToken cancel) {
  Result<std::optional<BaseRow>> row = findRow(op.source);
  if (!row.ok()) co_return OpResult::failed(row.error());
  bool agreed = *row && (*row)->facts.standing == Standing::synced &&
                (*row)->remoteVersion == op.remoteExpected;
  if (!agreed) co_return OpResult::postponed(notAsPlanned("its row changed", op.source));
  const BaseRow before = **row;
  Nanoseconds lookedAt = context_.place.clock.wallTime();
  Status here = context_.placer.betweenRounds([&] { return expectMovedHere(op, before); });
  if (!here.ok()) co_return OpResult::from(here.error());

  RelPath from = RelPath::trusted(op.source);
  RelPath to = RelPath::trusted(op.key);
  OpResult kept = co_await keepParent(from, op.source, cancel);
  if (kept.outcome != PlanOp::Outcome::done) co_return kept;
  MoveRequest request{ObjectVersion{before.remoteVersion}, before.facts.sha256};
  Result<ObjectInfo> moved = co_await context_.place.remote.move(from, to, request, cancel);
  if (!moved.ok()) co_return withoutMove(moved.error());

  BaseRow after = before;
  after.key = op.key;
  after.remoteVersion = moved->version.text;
  after.facts.remoteModifyTime = moved->modifyTime;
  if (op.localExpected) {
    after.facts.fingerprint = *op.localExpected;
    after.facts.lookedAt = lookedAt;
  }
  OpResult written = writeMovedRow(before, std::move(after));
  if (written.outcome != PlanOp::Outcome::done) co_return written;
  co_return co_await keepParent(from, op.source, cancel);
}

// Both rows in one transaction, unless somebody wrote the old one since.
OpResult Operations::writeMovedRow(const BaseRow& before, BaseRow after) {
  return context_.placer.betweenRounds([&]() -> OpResult {
    Result<std::optional<BaseRow>> now = findRow(before.key);
    if (!now.ok()) return OpResult::failed(now.error());
    if (!sameState(before, *now)) {
      return OpResult::postponed(notAsPlanned("its row changed meanwhile", before.key));
    }
    BaseRow old;
    old.key = before.key;
    const BaseChange changes[] = {{BaseChange::Kind::put, std::move(after)},
                                  {BaseChange::Kind::erase, std::move(old)}};
    Status written = context_.place.store.commit(context_.place.space, changes);
    return written.ok() ? OpResult::done() : OpResult::failed(written.error());
  });
}

Task<OpResult> Operations::moveLocal(PlanOp op, CancelToken cancel) {
  if (!op.localExpected || !op.remoteExpected) co_return OpResult::failed(Error{});
  Result<std::optional<BaseRow>> row = findRow(op.source);
  if (!row.ok()) co_return OpResult::failed(row.error());
  bool agreed = *row && (*row)->facts.standing == Standing::synced && (*row)->facts.local &&
                (*row)->facts.fingerprint == op.localExpected;
  if (!agreed) co_return OpResult::postponed(notAsPlanned("its row changed", op.source));
  Status gone = co_await expectGoneRemotely(RelPath::trusted(op.source), cancel);
  if (!gone.ok()) co_return OpResult::from(gone.error());

  Relocation relocation{op.source, op.key, *op.localExpected, std::move(**row)};
  relocation.row.remoteVersion = *op.remoteExpected;
  relocation.row.facts.remoteModifyTime = op.remoteModifyTime;
  Result<Placement> placed = co_await context_.placer.relocate(std::move(relocation));
  if (!placed.ok()) co_return OpResult::from(placed.error());
  co_return fromPlacement(std::move(*placed));
}

}  // namespace cloudsync
