#include "store/halts.h"

#include "store/plan_table.h"

namespace cloudsync {

namespace {

// r: a released operation, p: one of the plan. x'2f' is the '/' behind a directory's key.
#define CLOUDSYNC_IS_RELEASED                         \
  "r.space=p.space AND r.kind=p.kind AND r.key=p.key" \
  " AND (substr(p.key, -1) = x'2f' OR (r.local IS p.local AND r.remote IS p.remote))"

}  // namespace

// outcome 0 is `pending`, 4 is `held`; subject 1 is `root`.
Halts::Halts(Database& database)
    : hold_(database,
            "UPDATE plan AS p SET outcome=4, message=?3"
            " WHERE p.space=?1 AND p.outcome=0 AND (1<<p.kind) & ?2"
            " AND (?4=0 OR (p.local IS NOT NULL AND p.remote IS NOT NULL))"
            " AND NOT EXISTS (SELECT 1 FROM released AS r WHERE " CLOUDSYNC_IS_RELEASED
            ") RETURNING 1"),
      insert_(database, "INSERT INTO halt VALUES (?,?,?,?,?,?)"),
      clear_(database, "DELETE FROM halt WHERE space=?"),
      select_(database,
              "SELECT reason, subject, message, evidence, plan_id FROM halt WHERE space=?"
              " ORDER BY reason"),
      named_(database, "SELECT count(*) FROM halt WHERE space=? AND plan_id=?"),
      releaseOps_(database,
                  "INSERT OR REPLACE INTO released"
                  " SELECT space, kind, key, local, remote FROM plan WHERE space=? AND outcome=4"),
      releaseRoots_(database,
                    "INSERT OR REPLACE INTO released_root"
                    " SELECT space, reason, evidence FROM halt WHERE space=? AND subject=1"),
      unhold_(database, "UPDATE plan SET outcome=0, message='' WHERE space=? AND outcome=4"),
      releasedRoot_(database, "SELECT evidence FROM released_root WHERE space=? AND reason=?"),
      forgetRoots_(database, "DELETE FROM released_root WHERE space=?"),
      forgetBeyondPlan_(database,
                        "DELETE FROM released AS r WHERE r.space=?1 AND NOT EXISTS"
                        " (SELECT 1 FROM plan AS p WHERE p.space=?1 AND " CLOUDSYNC_IS_RELEASED
                        ")"),
      forgetOps_(database, "DELETE FROM released WHERE space=?") {}

#undef CLOUDSYNC_IS_RELEASED

Result<std::uint64_t> Halts::hold(SpaceId space, std::span<const PlanOp::Kind> kinds,
                                  HoldExtent extent, std::string_view reason) {
  Cursor cursor = hold_.query(space.value, maskOf(kinds), reason, extent);
  std::uint64_t held = 0;
  while (cursor.next()) ++held;
  Status status = cursor.status();
  if (!status) return status.error();
  return held;
}

Status Halts::set(SpaceId space, std::span<const Halt> halts) {
  Status status = clear_.run(space.value);
  for (const Halt& halt : halts) {
    if (!status) return status;
    status = insert_.run(space.value, std::string_view(halt.reason), halt.subject,
                         std::string_view(halt.message), std::string_view(halt.evidence),
                         std::string_view(halt.planId));
  }
  return status;
}

Result<std::vector<Halt>> Halts::all(SpaceId space) {
  Cursor cursor = select_.query(space.value);
  std::vector<Halt> halts;
  while (cursor.next()) {
    Halt& halt = halts.emplace_back();
    halt.reason = cursor.text(0);
    halt.subject = static_cast<Halt::Subject>(cursor.integer(1));
    halt.message = cursor.text(2);
    halt.evidence = cursor.text(3);
    halt.planId = cursor.text(4);
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return halts;
}

Result<bool> Halts::release(SpaceId space, std::string_view planId) {
  bool known = false;
  {
    Cursor cursor = named_.query(space.value, planId);
    known = cursor.next() && cursor.integer(0) > 0;
    Status status = cursor.status();
    if (!status) return status.error();
  }
  if (!known) return false;
  for (Statement* step : {&releaseOps_, &releaseRoots_, &unhold_, &clear_}) {
    Status done = step->run(space.value);
    if (!done) return done.error();
  }
  return true;
}

Result<std::optional<std::string>> Halts::releasedRoot(SpaceId space, std::string_view reason) {
  Cursor cursor = releasedRoot_.query(space.value, reason);
  std::optional<std::string> evidence;
  if (cursor.next()) evidence = std::string(cursor.text(0));
  Status status = cursor.status();
  if (!status) return status.error();
  return evidence;
}

Status Halts::forgetReleasedRoots(SpaceId space) { return forgetRoots_.run(space.value); }

Status Halts::forgetReleasedBeyondPlan(SpaceId space) { return forgetBeyondPlan_.run(space.value); }

Status Halts::eraseSpace(SpaceId space) {
  for (Statement* step : {&clear_, &forgetOps_, &forgetRoots_}) {
    Status done = step->run(space.value);
    if (!done) return done;
  }
  return {};
}

}  // namespace cloudsync
