#pragma once

#include <string>

#include "base/cancel.h"
#include "base/task.h"
#include "sync/context.h"
#include "sync/planner.h"

namespace cloudsync {

// Are both sides the ones that the space remembers? Reads the markers `.cloudsync/root` of the
// local root and of the remote, and makes them on a first run. `halted` when one is missing or
// another: an unmounted disk or an emptied bucket must not read as deletions; why is noted, and a
// person may release it (holds.h). Tells how far the base tree may be believed.
Task<Result<RootTrust>> identifyRoots(SyncContext context, CancelToken cancel);

// Is the directory at `path` the root that the space remembers? Before anything is made in it. One
// that a person released becomes the remembered one here.
Status identifyLocalRoot(Folder& root, const std::string& path, StateStore& store, SpaceId space,
                         SpaceMemory& memory);

// After a complete run, and after content was freed: the generation in the root's marker is from
// here on the one that the state database is known to belong to.
Status rememberGeneration(Folder& root, SpaceMemory& memory);

// After a complete run: the base is what both sides agree on.
Status trustBaseAgain(SpaceMemory& memory);

// After a run that changed the remote: so that a remote which was restored from a backup is known.
Task<Status> raiseEpoch(SyncContext context, CancelToken cancel);

}  // namespace cloudsync
