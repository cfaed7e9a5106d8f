#pragma once

#include <string>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/task.h"
#include "remote/s3/client.h"

namespace cloudsync {

// Where removed objects of a prefix go: `PREFIX.cloudsync/trash/DATE/TOKEN/PATH`. In the order of
// keys the oldest come first.
std::string trashPrefix(const std::string& prefix);

// Deletes for good what was put there on a day before the one of `olderThan`, and probes that a
// crash left: some hundreds at most, the rest with the next call.
Task<Status> purgeOwn(S3Client& client, std::string prefix, Nanoseconds olderThan,
                      CancelToken cancel);

}  // namespace cloudsync
