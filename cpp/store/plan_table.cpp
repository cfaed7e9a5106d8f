#include "store/plan_table.h"

#include <limits>

#include "store/plan_row.h"
#include "store/row_codec.h"

namespace cloudsync {

namespace {

// A set of kinds as one number, bit by bit.
std::int64_t maskOf(std::span<const PlanOp::Kind> kinds) {
  std::int64_t mask = 0;
  for (PlanOp::Kind kind : kinds) mask |= std::int64_t{1} << static_cast<int>(kind);
  return mask;
}

}  // namespace

// outcome 0 is `pending`.
PlanTable::PlanTable(Database& database)
    : last_(database, "SELECT max(sequence) FROM plan WHERE space=?"),
      insert_(database, "INSERT INTO plan VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"),
      ascending_(database, CLOUDSYNC_PLAN_ROW
                 "FROM plan "
                 "WHERE space=? AND sequence>? AND outcome=0 AND (1<<kind) & ?"
                 " ORDER BY sequence LIMIT ?"),
      descending_(database, CLOUDSYNC_PLAN_ROW
                  "FROM plan "
                  "WHERE space=? AND sequence<? AND outcome=0 AND (1<<kind) & ?"
                  " ORDER BY sequence DESC LIMIT ?"),
      withOutcome_(database, CLOUDSYNC_PLAN_ROW
                   "FROM plan WHERE space=? AND outcome=? ORDER BY sequence LIMIT ?"),
      settle_(database, "UPDATE plan SET outcome=?3, message=?4 WHERE space=?1 AND sequence=?2"),
      hold_(
          database,
          "UPDATE plan SET outcome=?4, message=?3 WHERE space=?1 AND outcome=0 AND (1<<kind) & ?2"),
      counts_(database, "SELECT kind, outcome, size FROM plan WHERE space=?"),
      first_(database, "SELECT min(sequence) FROM plan WHERE space=?"),
      removeBelow_(database, "DELETE FROM plan WHERE space=? AND sequence<?") {}

#undef CLOUDSYNC_PLAN_ROW

Status PlanTable::add(SpaceId space, std::span<const PlanOp> ops) {
  std::int64_t sequence = 0;
  {
    Cursor cursor = last_.query(space.value);
    if (cursor.next()) sequence = cursor.integer(0);  // NULL reads as 0
    Status status = cursor.status();
    if (!status) return status;
  }
  for (const PlanOp& op : ops) {
    PrintBytes print{};
    std::optional<Blob> local;
    if (op.localExpected) {
      print = encodePrint(*op.localExpected);
      local = Blob{bytesOf(print)};
    }
    std::optional<std::string_view> remote = op.remoteExpected;
    Status status = insert_.run(space.value, ++sequence, op.kind, op.outcome, Blob{op.key}, op.size,
                                op.remoteModifyTime, local, remote, std::string_view(op.message),
                                blobUnlessEmpty(op.source), blobUnlessEmpty(op.was));
    if (!status) return status;
  }
  return {};
}

Result<std::vector<PlanOp>> PlanTable::page(SpaceId space, std::span<const PlanOp::Kind> kinds,
                                            std::optional<std::int64_t> after,
                                            StateStore::Order order, std::size_t limit) {
  switch (order) {
    case StateStore::Order::ascending: {
      Cursor cursor = ascending_.query(space.value, after.value_or(0), maskOf(kinds), limit);
      return readPlanOps(cursor);
    }
    case StateStore::Order::descending:
      break;
  }
  constexpr std::int64_t kBehindAll = std::numeric_limits<std::int64_t>::max();
  Cursor cursor = descending_.query(space.value, after.value_or(kBehindAll), maskOf(kinds), limit);
  return readPlanOps(cursor);
}

Result<std::vector<PlanOp>> PlanTable::withOutcome(SpaceId space, PlanOp::Outcome outcome,
                                                   std::size_t limit) {
  Cursor cursor = withOutcome_.query(space.value, outcome, limit);
  return readPlanOps(cursor);
}

Status PlanTable::settle(SpaceId space, const PlanOp& op) {
  return settle_.run(space.value, op.sequence, op.outcome, std::string_view(op.message));
}

Status PlanTable::hold(SpaceId space, std::span<const PlanOp::Kind> kinds,
                       std::string_view reason) {
  return hold_.run(space.value, maskOf(kinds), reason, PlanOp::Outcome::held);
}

// Counted here and not by GROUP BY, which would sort ten million rows for a handful of groups.
Result<PlanCounts> PlanTable::counts(SpaceId space) {
  Cursor cursor = counts_.query(space.value);
  PlanCounts counts;
  while (cursor.next()) {
    auto kind = static_cast<PlanOp::Kind>(cursor.integer(0));
    switch (static_cast<PlanOp::Outcome>(cursor.integer(1))) {
      case PlanOp::Outcome::pending:
        counts.pendingByKind.at(static_cast<std::size_t>(kind)) += 1;
        if (kind == PlanOp::Kind::download) counts.downloadBytes += cursor.number(2);
        if (kind == PlanOp::Kind::upload) counts.uploadBytes += cursor.number(2);
        break;
      case PlanOp::Outcome::done:
        break;
      case PlanOp::Outcome::failed:
        counts.failed += 1;
        break;
      case PlanOp::Outcome::postponed:
        counts.postponed += 1;
        break;
      case PlanOp::Outcome::held:
        counts.held += 1;
        break;
    }
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return counts;
}

Result<bool> PlanTable::removeSome(SpaceId space, std::int64_t limit) {
  std::int64_t first = 0;
  {
    Cursor cursor = first_.query(space.value);
    bool any = cursor.next() && !cursor.isNull(0);
    Status status = cursor.status();
    if (!status) return status.error();
    if (!any) return false;
    first = cursor.integer(0);
  }
  Status status = removeBelow_.run(space.value, first + limit);
  if (!status) return status.error();
  return true;
}

}  // namespace cloudsync
