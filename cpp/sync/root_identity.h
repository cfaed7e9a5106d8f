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

// After a complete run, and after content was freed: the generation in the root's marker is from
// here on the one that the state database is known to belong to.
Status rememberGeneration(Folder& root, SpaceMemory& memory);

}  // namespace cloudsync
