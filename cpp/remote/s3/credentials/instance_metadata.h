#pragma once

#include <memory>

#include "net/environment.h"
#include "remote/open.h"
#include "remote/s3/credentials/provider.h"

namespace cloudsync {

// The metadata service of an EC2 instance, version 2 (with a session token). Elsewhere nobody
// answers: it waits for a second, and looks again after some minutes.
std::unique_ptr<CredentialProvider> keysOfInstance(const EnvironmentLookup& environment,
                                                   RemoteNeeds needs);

}  // namespace cloudsync
