#pragma once

#include <memory>

#include "base/key_set.h"
#include "base/scheduler.h"
#include "remote/remote.h"

namespace cloudsync {

// What of the remote a set of keys holds, as a stream: everything and subtrees are listed, single
// entries are asked for one by one, many at a time. Both outlive the stream.
std::unique_ptr<RemoteStream> scanRemote(Scheduler& scheduler, Remote& remote, KeySet keys);

}  // namespace cloudsync
