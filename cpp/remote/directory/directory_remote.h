#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "fs/file_system.h"
#include "remote/remote.h"

namespace cloudsync {

// A directory as the cloud (`file:///DIR`): a disk, a mount, a share. It runs over any FileSystem,
// the simulated one included. See layout.h for what it keeps under `.cloudsync/`, and
// changes.h for what it promises beside programs that do not know of it. `path` is
// absolute; the rest outlives the remote.
std::unique_ptr<Remote> makeDirectoryRemote(FileSystem& files, Scheduler& scheduler, Clock& clock,
                                            Random& random, std::string path,
                                            Access access = Access::readWrite);

}  // namespace cloudsync
