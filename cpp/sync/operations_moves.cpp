#include <utility>

#include "sync/operations.h"
#include "transfer/content_hash.h"

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
    case ErrorKind::invalidName:
    case ErrorKind::system:
    case ErrorKind::notFound:
      return OpResult::postponed(std::move(error));
    default:
      return OpResult::from(std::move(error));
  }
}

bool sameFolder(const Result<FileStat>& stat, const Fingerprint& print) {
  return stat.ok() && stat->type == FileType::directory && stat->inode == print.inode &&
         stat->birthTime == print.birthTime;
}

// Of what the cloud alone has, nothing under either name; but the directory above it that was
// renamed, which `localExpected` tells, has the new name and not the old one. Where it tells none,
// a person named the file.
Status expectMovedFolder(Folder& root, const PlanOp& op) {
  bool free =
      isFree(root.stat(RelPath::trusted(op.source))) && isFree(root.stat(RelPath::trusted(op.key)));
  if (!free) return notAsPlanned("it is not in the cloud alone any more", op.key);
  if (!op.localExpected) return Status();
  for (RelPath above = RelPath::trusted(op.key).parent(); !above.isRoot(); above = above.parent()) {
    if (!sameFolder(root.stat(above), *op.localExpected)) continue;
    std::size_t below = op.key.size() - above.text().size();
    RelPath left = RelPath::trusted(op.source.substr(0, op.source.size() - below));
    if (isFree(root.stat(left))) return Status();
    break;
  }
  return notAsPlanned("its directory was moved again", op.key);
}

}  // namespace

// Is the disk as the plan saw it: the file under its new name, nothing under the old one? What is
// found under that may be the same file, where two names that differ in case are one.
Status Operations::expectMovedFile(const PlanOp& op) {
  Folder& root = context_.place.root;
  const RelPath source = RelPath::trusted(op.source);
  if (!isFree(root.stat(source))) {
    Result<std::optional<RelPath>> other = otherSpellingOf(source);
    if (!other.ok()) return other.error();
    if (!*other) return notAsPlanned("something has its old name again", op.source);
  }
  Result<FileStat> now = root.stat(RelPath::trusted(op.key));
  bool same = now.ok() && now->type == FileType::file && op.localExpected &&
              Fingerprint::of(*now) == *op.localExpected;
  return same ? Status() : notAsPlanned("it was changed or moved again", op.key);
}

Task<OpResult> Operations::moveRemote(PlanOp op, std::shared_ptr<FileMeter> meter,
                                      CancelToken cancel) {
  Result<std::optional<BaseRow>> row = findRow(op.source);
  if (!row.ok()) co_return OpResult::failed(row.error());
  bool agreed = *row && (*row)->facts.standing == Standing::synced &&
                (*row)->remoteVersion == op.remoteExpected;
  if (!agreed) co_return OpResult::postponed(notAsPlanned("its row changed", op.source));
  const BaseRow before = **row;
  Status here = context_.placer.betweenRounds([&] {
    Folder& root = context_.place.root;
    return before.facts.local ? expectMovedFile(op) : expectMovedFolder(root, op);
  });
  if (!here.ok()) co_return OpResult::from(here.error());
  bool sends = before.facts.local && op.size < context_.place.remote.features().smallestMove;
  if (sends) co_return co_await sendAndRemove(std::move(op), std::move(meter), std::move(cancel));

  std::optional<ContentHash> content;
  if (before.facts.local) {
    // A rename hides the change time, and with it an edit that set the modification time back.
    Result<ContentHash> hash = co_await hashLocalFile(context_.place, op.key, cancel);
    if (!hash.ok()) co_return OpResult::from(hash.error());
    if (hash->whole != before.facts.sha256) {
      co_return OpResult::postponed(notAsPlanned("it was edited, too", op.key));
    }
    content = *hash;
  }
  RelPath from = RelPath::trusted(op.source);
  RelPath to = RelPath::trusted(op.key);
  OpResult kept = co_await keepParent(from, op.source, cancel);
  if (kept.outcome != PlanOp::Outcome::done) co_return kept;
  MoveRequest request{ObjectVersion{before.remoteVersion}, before.facts.sha256};
  Result<ObjectInfo> moved = co_await context_.place.remote.move(from, to, request, cancel);
  if (!moved.ok()) co_return withoutMove(moved.error());
  OpResult written = writeMovedRow(before, op.key, *moved, content);
  if (written.outcome != PlanOp::Outcome::done) co_return written;
  co_return co_await keepParent(from, op.source, cancel);
}

// Where a move takes more requests than a small content: the same end, in the two steps of a plan
// without moves.
Task<OpResult> Operations::sendAndRemove(PlanOp op, std::shared_ptr<FileMeter> meter,
                                         CancelToken cancel) {
  PlanOp sending = op;
  sending.kind = PlanOp::Kind::upload;
  sending.remoteExpected.reset();
  OpResult sent = co_await upload(std::move(sending), std::move(meter), cancel);
  if (sent.outcome != PlanOp::Outcome::done) co_return sent;
  PlanOp removing;
  removing.kind = PlanOp::Kind::removeRemote;
  removing.key = std::move(op.source);
  removing.remoteExpected = std::move(op.remoteExpected);
  co_return co_await removeRemote(std::move(removing), std::move(cancel));
}

// Both rows in one transaction, unless somebody wrote the old one since.
OpResult Operations::writeMovedRow(const BaseRow& before, const std::string& key,
                                   const ObjectInfo& moved,
                                   const std::optional<ContentHash>& content) {
  return context_.placer.betweenRounds([&]() -> OpResult {
    Result<std::optional<BaseRow>> now = findRow(before.key);
    if (!now.ok()) return OpResult::failed(now.error());
    if (!*now || !sameState(before, *now)) {
      return OpResult::postponed(notAsPlanned("its row changed meanwhile", before.key));
    }
    BaseRow old;
    old.key = before.key;
    BaseRow after = std::move(**now);
    after.key = key;
    after.remoteVersion = moved.version.text;
    after.facts.remoteModifyTime = moved.modifyTime;
    after.facts.origin = Origin::adopted;  // this version was never read here
    if (content) {
      after.facts.fingerprint = content->fingerprint;
      after.facts.lookedAt = content->lookedAt;
    }
    const BaseChange changes[] = {{BaseChange::Kind::put, std::move(after)},
                                  {BaseChange::Kind::erase, std::move(old)}};
    Status written = context_.place.store.commit(context_.place.space, changes);
    return written.ok() ? OpResult::done() : OpResult::failed(written.error());
  });
}

Task<OpResult> Operations::moveLocal(PlanOp op, CancelToken cancel) {
  if (!op.localExpected || !op.remoteExpected) co_return OpResult::failed(Error{});
  Status gone = co_await expectGoneRemotely(RelPath::trusted(op.source), cancel);
  if (!gone.ok()) co_return OpResult::from(gone.error());
  Relocation relocation{op.source, op.key, *op.localExpected, *op.remoteExpected,
                        op.remoteModifyTime};
  Result<Placement> placed = co_await context_.placer.relocate(std::move(relocation));
  if (!placed.ok()) co_return OpResult::from(placed.error());
  if (placed->kind != Placement::Kind::done) {
    co_return withoutMove(placed->error.value_or(Error{}));
  }
  // Of a download of the new name that was cut off.
  Status forgotten = forgetPartial(context_.place, op.key);
  co_return forgotten.ok() ? OpResult::done() : OpResult::from(forgotten.error());
}

}  // namespace cloudsync
