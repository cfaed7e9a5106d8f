#pragma once

#include <vector>

#include "base/cancel.h"
#include "base/task.h"
#include "sync/context.h"
#include "sync/planner.h"

namespace cloudsync {

// Judges the plan that `summary` is of, holds back what a person must release first (but for what
// was released already), and notes why, under an id that names exactly what waits. Returns the
// rules that hold anything.
//
// "All files changed" is believed only after a look at contents: the first file whose hash is the
// one both agreed on ends the suspicion. Once it waits, it goes on waiting as long as more than a
// few would be replaced and any of them has other content.
Task<Result<std::vector<Hold>>> holdUnsafe(SyncContext context, PlanSummary summary,
                                           CancelToken cancel);

// Notes that the space waits because of a root: there is no plan then, and one id names this.
Status noteRootHalt(StateStore& store, SpaceId space, const std::string& spaceName, Halt halt);

// Did a person release this very finding?
Result<bool> isReleased(StateStore& store, SpaceId space, const Halt& halt);

}  // namespace cloudsync
