#pragma once

#include <memory>

#include "base/key_set.h"
#include "base/scheduler.h"
#include "fs/walk.h"

namespace cloudsync {

// What of the local tree a set of keys holds, as a stream: everything is one walk; of a subtree its
// walk; a single entry is looked up, by the rules of the walk (fs/walk.h). So what the walk would
// call unknown or set aside, because of something above it too, is that here: a name below a
// symlink or below a mount point is out of sight, not absent.
//
// `root` and the scheduler outlive the stream. `filter` is for the walk of everything; of parts,
// the caller looks himself at what is out of scope.
std::unique_ptr<LocalStream> scanLocal(Scheduler& scheduler, Folder& root, KeySet keys,
                                       std::shared_ptr<const WalkFilter> filter = nullptr);

}  // namespace cloudsync
