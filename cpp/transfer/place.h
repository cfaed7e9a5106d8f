#pragma once

#include <cstddef>

#include "base/async_semaphore.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "cache/content_store.h"
#include "fs/file_system.h"
#include "remote/remote.h"
#include "store/state_store.h"

namespace cloudsync {

// Where transfers of one space happen: references to what the space owns and outlives them.
struct TransferPlace {
  Scheduler& scheduler;
  Clock& clock;
  Random& random;
  Folder& root;
  Remote& remote;
  StateStore& store;
  SpaceId space;
  ContentStore& content;
  AsyncSemaphore& streams;  // requests with a body in flight, over all files of the device
};

// Told of bytes as they are verified to have moved. Any thread; must not block.
class ByteProgress {
 public:
  virtual ~ByteProgress() = default;
  virtual void moved(ByteCount bytes) = 0;
};

inline constexpr std::size_t kCopyBuffer = 1024 * 1024;

}  // namespace cloudsync
