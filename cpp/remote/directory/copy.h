#pragma once

#include "base/cancel.h"
#include "base/ids.h"
#include "base/scheduler.h"
#include "base/sha256.h"
#include "base/task.h"
#include "fs/file_system.h"
#include "remote/remote.h"

// Content on its way in and out of the files of a directory remote, in pieces of 1 MiB with room
// for others, and a look at the token, between them. Whatever is passed by reference outlives the
// task.
namespace cloudsync {

// `range` of `source` to the same place in `file`; the answer is the hash of these bytes.
Task<Result<Sha256>> copyIn(Scheduler& scheduler, ByteSource& source, ByteRange range, File& file,
                            CancelToken cancel);
Task<Result<Sha256>> hashOf(Scheduler& scheduler, File& file, ByteRange range, CancelToken cancel);
// `conflict` when the file ends before the range does.
Task<Status> copyOut(Scheduler& scheduler, File& file, ByteRange range, ByteSink& sink,
                     CancelToken cancel);

Error cancelledError();

}  // namespace cloudsync
