#include "store/plan_moves.h"

#include "store/plan_row.h"

namespace cloudsync {

namespace {

// A print is inode, birth time, size, modify time, change time, of 8 bytes each (row_codec.h). A
// rename leaves all of a file but the last, and of a directory the first two.
#define CLOUDSYNC_MATCH(BYTES) \
  "SELECT " CLOUDSYNC_PLAN_COLUMNS("a.") ", " CLOUDSYNC_PLAN_COLUMNS("d.")                    \
  "FROM plan a CROSS JOIN plan d INDEXED BY plan_was"                                         \
  " ON d.space=a.space AND d.was IS NOT NULL AND d.was=substr(a.local,1," BYTES ")"           \
  " AND d.kind=?3 AND d.outcome=0 "                                                           \
  "WHERE a.space=?1 AND a.sequence>?4 AND a.kind=?2 AND a.outcome=0 AND a.remote IS NULL"     \
  " AND a.local IS NOT NULL ORDER BY a.sequence LIMIT ?5"

}  // namespace

// outcome 0 is `pending`. What a removed local file was known by begins with its size in
// sixteen hex digits (store/move_marks.h).
PlanMoves::PlanMoves(Database& database)
    : matchFiles_(database, CLOUDSYNC_MATCH("32")),
      matchFolders_(database, CLOUDSYNC_MATCH("16")),
      downloads_(database, CLOUDSYNC_PLAN_ROW
                 "FROM plan WHERE space=?1 AND sequence>?2 AND kind=?4 AND outcome=0"
                 " AND local IS NULL AND size>0 AND EXISTS"
                 " (SELECT 1 FROM plan d INDEXED BY plan_was WHERE d.space=?1"
                 "  AND d.was IS NOT NULL AND d.kind=?5 AND d.outcome=0"
                 "  AND d.was>CAST(printf('%016x',plan.size) AS BLOB)"
                 "  AND d.was<CAST(printf('%016x',plan.size+1) AS BLOB))"
                 " ORDER BY sequence LIMIT ?3"),
      find_(database, CLOUDSYNC_PLAN_ROW
            "FROM plan INDEXED BY plan_was WHERE space=?1 AND was IS NOT NULL AND was=?3"
            " AND kind=?2 AND outcome=0 ORDER BY sequence LIMIT 1"),
      rewrite_(database,
               "UPDATE plan SET kind=?3, size=?4, local=?5, remote=?6, remote_time=?7, source=?8,"
               " was=NULL WHERE space=?1 AND sequence=?2"),
      takeOut_(database, "DELETE FROM plan WHERE space=? AND sequence=?") {}

#undef CLOUDSYNC_MATCH

Result<std::vector<PlanMatch>> PlanMoves::matchByPrint(SpaceId space, PlanOp::Kind arrivals,
                                                       PlanOp::Kind departures, std::int64_t after,
                                                       std::size_t limit) {
  bool folders = departures == PlanOp::Kind::removeRemoteDirectory;
  Statement& statement = folders ? matchFolders_ : matchFiles_;
  Cursor cursor = statement.query(space.value, arrivals, departures, after, limit);
  std::vector<PlanMatch> matches;
  while (cursor.next()) {
    matches.push_back({planOpAt(cursor), planOpAt(cursor, kPlanColumns)});
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return matches;
}

Result<std::vector<PlanOp>> PlanMoves::downloadsLikeRemovals(SpaceId space, std::int64_t after,
                                                             std::size_t limit) {
  Cursor cursor = downloads_.query(space.value, after, limit, PlanOp::Kind::download,
                                   PlanOp::Kind::removeLocal);
  return readPlanOps(cursor);
}

Result<std::optional<PlanOp>> PlanMoves::find(SpaceId space, PlanOp::Kind kind,
                                              std::string_view was) {
  Cursor cursor = find_.query(space.value, kind, Blob{was});
  std::optional<PlanOp> found;
  if (cursor.next()) found = planOpAt(cursor);
  Status status = cursor.status();
  if (!status) return status.error();
  return found;
}

Status PlanMoves::rewrite(SpaceId space, const PlanOp& op) {
  PrintBytes print{};
  std::optional<Blob> local;
  if (op.localExpected) {
    print = encodePrint(*op.localExpected);
    local = Blob{bytesOf(print)};
  }
  std::optional<std::string_view> remote = op.remoteExpected;
  return rewrite_.run(space.value, op.sequence, op.kind, op.size, local, remote,
                      op.remoteModifyTime, Blob{op.source});
}

Status PlanMoves::takeOut(SpaceId space, std::int64_t sequence) {
  return takeOut_.run(space.value, sequence);
}

}  // namespace cloudsync
