#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "base/async_semaphore.h"
#include "remote/s3/client.h"
#include "remote/s3/conditions.h"

namespace cloudsync {

// What one bucket on one server can do.
struct S3Traits {
  S3Conditions conditions;
  bool versioned = false;  // replaced and deleted contents stay as versions
};

// Finds it out when it is first needed and remembers it. Where nothing may be written, nothing is
// probed, and no condition counts as kept. Any thread.
class S3Endpoint {
 public:
  S3Endpoint(S3Client& client, std::string prefix, Access access)
      : client_(client),
        prefix_(std::move(prefix)),
        access_(access),
        turn_(client.scheduler(), 1) {}

  Task<Result<S3Traits>> traits(CancelToken cancel);
  // What is known by now, without asking.
  std::optional<S3Traits> known() const;

 private:
  Task<Result<bool>> askVersioned(CancelToken cancel);

  S3Client& client_;
  const std::string prefix_;
  const Access access_;
  AsyncSemaphore turn_;  // one asks, the others wait for what it learns
  mutable std::mutex mutex_;
  std::optional<S3Traits> known_;  // guarded by mutex_
};

}  // namespace cloudsync
