#pragma once

#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/result.h"
#include "base/task.h"
#include "remote/s3/credentials.h"

namespace cloudsync {

// One place where credentials may be. Called by one coroutine at a time, on any thread.
class CredentialProvider {
 public:
  virtual ~CredentialProvider() = default;

  // Where it looks, for the message when nobody has any: "AWS_ACCESS_KEY_ID in the environment".
  virtual std::string place() const = 0;

  // Nothing: not set up here, the next one is asked. An error: set up, and does not work.
  virtual Task<Result<std::optional<S3Credentials>>> fetch(CancelToken cancel) = 0;

  // May a later fetch bring others? Keys of the environment stay what they are.
  virtual bool renews() const = 0;
};

// Set up, but of no use as it is; the message says what to do.
inline Error notUsable(std::string why) {
  return Error{ErrorKind::remoteNotReady, std::move(why), {}};
}

}  // namespace cloudsync
