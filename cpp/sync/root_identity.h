#pragma once

#include "base/cancel.h"
#include "base/task.h"
#include "sync/context.h"
#include "sync/planner.h"

namespace cloudsync {

// Are both sides the ones that the space remembers? Reads the markers `.cloudsync/root` of the
// local root and of the remote, and makes them on a first run. `halted` when one is missing or
// another: an unmounted disk or an emptied bucket must not read as deletions. Tells how far the
// base tree may be believed.
Task<Result<RootTrust>> identifyRoots(SyncContext context, CancelToken cancel);

// The run is complete: from here on the generation that was found is the one remembered.
Status rememberGeneration(const SyncContext& context);

}  // namespace cloudsync
