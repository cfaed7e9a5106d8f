#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "fs/file_system.h"
#include "net/http_transport.h"

namespace cloudsync {

// Everything outside: real in production, simulated in the simulator. Outlives what is built on it.
struct World {
  FileSystem& files;
  Clock& clock;
  Random& random;
  Scheduler& scheduler;
  HttpTransport& http;
};

}  // namespace cloudsync
