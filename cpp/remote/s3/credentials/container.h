#pragma once

#include <memory>

#include "net/environment.h"
#include "remote/open.h"
#include "remote/s3/credentials/provider.h"

namespace cloudsync {

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI: the service beside a container of ECS or
// EKS.
std::unique_ptr<CredentialProvider> keysOfContainer(const EnvironmentLookup& environment,
                                                    RemoteNeeds needs);

}  // namespace cloudsync
