#include "sync/holds.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sync/plan_digest.h"
#include "transfer/content_hash.h"

namespace cloudsync {

namespace {

constexpr std::size_t kOpsPerPage = 1024;
// So many files that all have other content speak for the rest.
constexpr std::size_t kMostLookedAt = 256;

bool isReplacing(const PlanOp& op) { return op.localExpected && op.remoteExpected; }

Result<std::optional<Sha256>> agreedHash(StateReader& reader, SpaceId space,
                                         const std::string& key) {
  Result<std::optional<BaseRow>> row = reader.find(space, key);
  if (!row.ok()) return row.error();
  if (!*row) return std::optional<Sha256>();
  return (*row)->facts.sha256;
}

// The hash of what would replace the other side's content; nothing when it cannot be told without
// fetching it.
Task<Result<std::optional<Sha256>>> hashOfNew(SyncContext context, PlanOp op, CancelToken cancel) {
  if (op.kind == PlanOp::Kind::upload) {
    Task<Result<ContentHash>> hashing = hashLocalFile(context.place, op.key, cancel);
    Result<ContentHash> hash = co_await hashing;
    if (!hash.ok()) co_return hash.error();
    co_return std::optional<Sha256>(hash->whole);
  }
  Task<Result<ObjectInfo>> looking =
      context.place.remote.stat(RelPath::trusted(op.key), std::move(cancel));
  Result<ObjectInfo> info = co_await looking;
  if (!info.ok()) co_return info.error();
  co_return info->sha256;
}

// Times and versions say that files were changed: do contents say so, too, of all of them, or of
// any? What cannot be looked at does not speak against it.
enum class Quantity { all, any };
Task<Result<bool>> areChanged(SyncContext context, PlanOp::Kind kind, Quantity quantity,
                              CancelToken cancel) {
  const TransferPlace& place = context.place;
  Result<std::unique_ptr<StateReader>> reader = place.store.openReader();
  if (!reader.ok()) co_return reader.error();
  std::optional<std::int64_t> after;
  std::size_t looked = 0;
  while (looked < kMostLookedAt) {
    std::array kinds = {kind};
    Result<std::vector<PlanOp>> page =
        place.store.planPage(place.space, kinds, after, StateStore::Order::ascending, kOpsPerPage);
    if (!page.ok()) co_return page.error();
    if (page->empty()) break;
    after = page->back().sequence;
    for (PlanOp& op : *page) {
      if (!isReplacing(op) || looked == kMostLookedAt) continue;
      ++looked;
      Result<std::optional<Sha256>> agreed = agreedHash(**reader, place.space, op.key);
      if (!agreed.ok()) co_return agreed.error();
      Task<Result<std::optional<Sha256>>> hashing = hashOfNew(context, std::move(op), cancel);
      Result<std::optional<Sha256>> now = co_await hashing;
      if (cancel.cancelled()) co_return Error{ErrorKind::cancelled, "cancelled", "", 0};
      bool same = now.ok() && *now && *now == *agreed;
      if (same && quantity == Quantity::all) co_return false;
      if (!same && quantity == Quantity::any) co_return true;
    }
  }
  co_return quantity == Quantity::all;
}

Result<PlanDigest> digestOfHeld(StateStore& store, SpaceId space) {
  PlanDigest digest;
  std::int64_t after = 0;
  while (true) {
    Result<std::vector<PlanOp>> page =
        store.planOutcomes(space, PlanOp::Outcome::held, after, kOpsPerPage);
    if (!page.ok()) return page.error();
    if (page->empty()) return digest;
    after = page->back().sequence;
    for (const PlanOp& op : *page) digest.add(op);
  }
}

Status noteHalts(const SyncContext& context, const std::vector<Hold>& holds) {
  const TransferPlace& place = context.place;
  std::vector<Halt> halts;
  for (const Hold& hold : holds) {
    Halt& halt = halts.emplace_back();
    halt.reason = hold.reason;
    halt.message = hold.message;
  }
  if (!halts.empty()) {
    Result<PlanDigest> digest = digestOfHeld(place.store, place.space);
    if (!digest.ok()) return digest.error();
    std::string id = digest->name(context.spaceName, halts);
    for (Halt& halt : halts) halt.planId = id;
  }
  return place.store.setHalts(place.space, halts);
}

// Would everything of a side be replaced? What waits already goes on waiting: the new files of the
// run in which it was found out are as they were by now, and say nothing about the others.
Task<Result<std::optional<Hold>>> suspect(SyncContext context, SafetyFacts facts, ReplacedSide side,
                                          CancelToken cancel) {
  Hold hold = holdReplacing(facts, side);
  Result<std::vector<Halt>> halts = context.place.store.halts(context.place.space);
  if (!halts.ok()) co_return halts.error();
  bool waits = std::any_of(halts->begin(), halts->end(),
                           [&hold](const Halt& halt) { return halt.reason == hold.reason; });
  bool all = mayReplaceAll(facts, side);
  if (!all && !(waits && mayReplaceMany(facts, side))) co_return std::optional<Hold>();
  Quantity quantity = all && !waits ? Quantity::all : Quantity::any;
  Task<Result<bool>> looking = areChanged(context, hold.kinds.front(), quantity, std::move(cancel));
  Result<bool> changed = co_await looking;
  if (!changed.ok()) co_return changed.error();
  if (!*changed) co_return std::optional<Hold>();
  co_return std::optional<Hold>(std::move(hold));
}

}  // namespace

Task<Result<std::vector<Hold>>> holdUnsafe(SyncContext context, PlanSummary summary,
                                           CancelToken cancel) {
  const TransferPlace& place = context.place;
  std::vector<Hold> suspected = checkSafety(summary.safety, context.deletionLimit);
  for (ReplacedSide side : {ReplacedSide::local, ReplacedSide::remote}) {
    Task<Result<std::optional<Hold>>> suspecting = suspect(context, summary.safety, side, cancel);
    Result<std::optional<Hold>> hold = co_await suspecting;
    if (!hold.ok()) co_return hold.error();
    if (*hold) suspected.push_back(std::move(**hold));
  }
  std::vector<Hold> holds;
  for (Hold& hold : suspected) {
    Result<std::uint64_t> held =
        place.store.holdOps(place.space, hold.kinds, hold.extent, hold.reason);
    if (!held.ok()) co_return held.error();
    if (*held > 0) holds.push_back(std::move(hold));
  }
  Status noted = noteHalts(context, holds);
  if (!noted.ok()) co_return noted.error();
  co_return holds;
}

Status noteRootHalt(StateStore& store, SpaceId space, const std::string& spaceName, Halt halt) {
  Status cleared = store.clearPlan(space);
  if (!cleared.ok()) return cleared;
  halt.planId = PlanDigest().name(spaceName, {&halt, 1});
  return store.setHalts(space, {&halt, 1});
}

Result<bool> isReleased(StateStore& store, SpaceId space, const Halt& halt) {
  if (halt.subject != Halt::Subject::root) return false;
  Result<std::optional<std::string>> evidence = store.releasedRoot(space, halt.reason);
  if (!evidence.ok()) return evidence.error();
  return *evidence == halt.evidence;
}

}  // namespace cloudsync
