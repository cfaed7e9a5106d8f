#pragma once

#include <memory>
#include <string>

#include "net/environment.h"
#include "remote/open.h"
#include "remote/s3/credentials/provider.h"

namespace cloudsync {

// Keys that are given once and for all. Half of a pair is an error when it is fetched.
std::unique_ptr<CredentialProvider> keysOfOptions(const RemoteOptions& options);
std::unique_ptr<CredentialProvider> keysOfEnvironment(const EnvironmentLookup& environment);

}  // namespace cloudsync
