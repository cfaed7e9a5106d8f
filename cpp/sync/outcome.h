#pragma once

#include <optional>
#include <utility>

#include "base/error.h"
#include "base/rel_path.h"
#include "base/result.h"
#include "events/event.h"
#include "store/rows.h"

namespace cloudsync {

// What became of one operation.
struct OpResult {
  PlanOp::Outcome outcome = PlanOp::Outcome::done;
  std::optional<Error> error;  // failed, postponed
  bool lookAgain = false;      // it made something that the next pass has to see

  static OpResult done() { return {}; }
  static OpResult failed(Error error) { return {PlanOp::Outcome::failed, std::move(error), false}; }
  static OpResult postponed(Error error) {
    return {PlanOp::Outcome::postponed, std::move(error), true};
  }
  // Sorts an error: what another look resolves is postponed; a stop leaves the operation pending.
  static OpResult from(Error error);
};

// As the answer to a person who wanted it done to `path`.
Status statusOf(const OpResult& result, const RelPath& path);

// The worst thing that went wrong in a run, in the order in which the reference API reports it.
// A plain value.
struct RunFailure {
  enum class Side { down, up };
  Side side = Side::down;
  SyncError error = SyncError::none;
  Error cause;

  // PURE. Smaller is worse.
  static int rank(SyncError error);
};

// PURE. What a user of the reference API is told about an error.
SyncError syncErrorOf(ErrorKind kind);

// After this, trying the other files of the run is of no use: the remote as a whole is away.
bool endsRun(ErrorKind kind);

}  // namespace cloudsync
