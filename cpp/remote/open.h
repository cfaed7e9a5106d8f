#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "fs/file_system.h"
#include "net/http_transport.h"
#include "remote/remote.h"

namespace cloudsync {

// What remotes are built on; all of it outlives them.
struct RemoteNeeds {
  FileSystem& files;
  Scheduler& scheduler;
  Clock& clock;
  Random& random;
  HttpTransport& http;
  Access access = Access::readWrite;
};

// Credentials, CA and the like, by their documented names.
using RemoteOptions = std::map<std::string, std::string>;

// The remote that `url` names. Touches nothing: whether it is there is Remote::check's business.
// `invalidArgument` for a URL that cannot be one, `notYet` for a scheme that is planned.
Result<std::unique_ptr<Remote>> openRemote(std::string_view url, const RemoteOptions& options,
                                           RemoteNeeds needs);

// PURE. The absolute path that a file: URL means.
Result<std::string> pathOfFileUrl(std::string_view url);

}  // namespace cloudsync
