#pragma once

#include "base/cancel.h"
#include "base/clock.h"
#include "base/rel_path.h"
#include "base/scheduler.h"
#include "base/sha256.h"
#include "base/task.h"
#include "remote/remote.h"

namespace cloudsync {

// What the remote really holds of `version`: reads all `size` bytes of it and hashes them, for
// remotes that do not look at what they are sent (Features::verifiesContent). `conflict` when the
// object is another one by now, `timeout` when a piece of 1 MiB takes longer than `patience`.
Task<Result<Sha256>> readBack(Scheduler& scheduler, Remote& remote, RelPath path, ByteCount size,
                              ObjectVersion version, Duration patience, CancelToken cancel);

}  // namespace cloudsync
