#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/row_codec.h"
#include "store/rows.h"
#include "store/sqlite.h"

namespace cloudsync {

// The columns of an operation, in the order in which planOpAt() reads them.
#define CLOUDSYNC_PLAN_COLUMNS(P)                                                         \
  P "sequence, " P "kind, " P "outcome, " P "key, " P "size, " P "local, " P "remote, " P \
    "message, " P "remote_time, " P "source, " P "was "
#define CLOUDSYNC_PLAN_ROW "SELECT " CLOUDSYNC_PLAN_COLUMNS("")
inline constexpr int kPlanColumns = 11;

// The operation whose columns begin at `first`.
inline PlanOp planOpAt(const Cursor& cursor, int first = 0) {
  PlanOp op;
  op.sequence = cursor.integer(first);
  op.kind = static_cast<PlanOp::Kind>(cursor.integer(first + 1));
  op.outcome = static_cast<PlanOp::Outcome>(cursor.integer(first + 2));
  op.key = cursor.text(first + 3);
  op.size = cursor.number(first + 4);
  if (!cursor.isNull(first + 5)) op.localExpected = decodePrint(cursor.bytes(first + 5));
  if (!cursor.isNull(first + 6)) op.remoteExpected = cursor.text(first + 6);
  op.message = cursor.text(first + 7);
  op.remoteModifyTime = cursor.integer(first + 8);
  if (!cursor.isNull(first + 9)) op.source = cursor.text(first + 9);
  if (!cursor.isNull(first + 10)) op.was = cursor.text(first + 10);
  return op;
}

inline Result<std::vector<PlanOp>> readPlanOps(Cursor& cursor) {
  std::vector<PlanOp> ops;
  while (cursor.next()) ops.push_back(planOpAt(cursor));
  Status status = cursor.status();
  if (!status) return status.error();
  return ops;
}

inline std::optional<Blob> blobUnlessEmpty(const std::string& bytes) {
  if (bytes.empty()) return std::nullopt;
  return Blob{bytes};
}

}  // namespace cloudsync
