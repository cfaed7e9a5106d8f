#pragma once

#include <memory>

#include "base/scheduler.h"
#include "remote/directory/root.h"
#include "remote/remote.h"

namespace cloudsync {

// Everything below `prefix` of a directory remote. `root` and `scheduler` outlive the stream.
std::unique_ptr<RemoteStream> listDirectory(DirectoryRoot& root, Scheduler& scheduler,
                                            RelPath prefix);

}  // namespace cloudsync
