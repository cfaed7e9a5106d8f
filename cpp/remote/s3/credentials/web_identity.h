#pragma once

#include <memory>

#include "net/environment.h"
#include "remote/open.h"
#include "remote/s3/credentials/provider.h"
#include "remote/s3/location.h"

namespace cloudsync {

// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN: a token that Kubernetes renews in a file, exchanged
// at AWS's token service for credentials of an hour.
std::unique_ptr<CredentialProvider> keysOfWebIdentity(const S3Location& location,
                                                      const EnvironmentLookup& environment,
                                                      RemoteNeeds needs);

}  // namespace cloudsync
