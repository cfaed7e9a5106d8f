#pragma once

#include <string_view>

#include "base/result.h"
#include "fs/file_system.h"

namespace cloudsync {

// Kernel leases and locks on an open file description, as plain calls on its descriptor.
// A descriptor has at most one of each; closing it gives them back.

// Asks for F_RDLCK. The kernel announces a break with a signal; it is set to SIGURG first, because
// that is ignored unless somebody asks for it, so nothing in the host process has to be changed:
// the default, SIGIO, would end a Node process, and so would every real-time signal. Nobody waits
// for the signal: leaseBroken() asks.
Result<LeaseState> takeReadLease(int fd, std::string_view subject);
Result<bool> leaseBroken(int fd, std::string_view subject);
void releaseLease(int fd);

// F_OFD_SETLK over the whole file. Belongs to the open file description, not to the process, so
// that a second service in this process is refused as well. Needs a descriptor open for writing.
Result<bool> tryLock(int fd, std::string_view subject);
void unlock(int fd);

}  // namespace cloudsync
