#pragma once

#include <memory>
#include <optional>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "fs/file_system.h"
#include "net/environment.h"
#include "net/sigv4.h"
#include "remote/open.h"
#include "remote/s3/location.h"

namespace cloudsync {

struct S3Credentials {
  SigningIdentity identity;
  std::optional<Nanoseconds> expires;  // wall time
};

// Who we are towards S3. Kept until some minutes before they expire; many callers share one fetch.
// Any thread; outlives its calls. Secrets are in no message.
class S3CredentialSource {
 public:
  virtual ~S3CredentialSource() = default;

  // `remoteNotReady` when there are none: the message lists where they were looked for.
  virtual Task<Result<S3Credentials>> get(CancelToken cancel) = 0;

  // The server answered `used` with 401 or 403. True when a later get() may bring others.
  virtual bool refused(const S3Credentials& used) = 0;
};

// The first of these that is configured decides, and its failure is not hidden by a later one:
//   1. options (credentials.*), or the profile that the location names
//   2. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//   3. AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN (Kubernetes)
//   4. AWS_PROFILE, else [default], in ~/.aws/credentials and ~/.aws/config
//   5. AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI (ECS, EKS)
//   6. the instance metadata service (EC2)
// Reads the environment now, files and services when asked; what `needs` names outlives the source.
// nullptr for an anonymous location.
std::unique_ptr<S3CredentialSource> makeS3CredentialSource(const S3Location& location,
                                                           const RemoteOptions& options,
                                                           const EnvironmentLookup& environment,
                                                           RemoteNeeds needs);

// The region that the location's profile names, where neither the URL nor the environment names
// one: for inRegion(). Reads files; nothing when there is none.
std::optional<std::string> profileRegion(const S3Location& location,
                                         const EnvironmentLookup& environment, FileSystem& files);

}  // namespace cloudsync
