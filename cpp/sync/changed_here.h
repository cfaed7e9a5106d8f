#pragma once

#include "base/cancel.h"
#include "base/key_set.h"
#include "base/task.h"
#include "sync/context.h"

namespace cloudsync {

// Which entries of a set of keys are other on this device than the base tree says: the only ones
// that a hint about this device calls a run for. Asks the remote nothing and writes nothing, so
// that our own writes, and a look at a whole tree of which nobody knows what changed, are cheap.
// Directories that came or went are in it with all they hold, new files with their new directories.
// Many changes (`mostParts`) become the directories they are in.
//
// What is ignored is not among them; where a .cloudsyncignore changed, all that it speaks of is.
Task<Result<KeySet>> findChangedHere(SyncContext context, KeySet keys, std::size_t mostParts,
                                     CancelToken cancel);

}  // namespace cloudsync
