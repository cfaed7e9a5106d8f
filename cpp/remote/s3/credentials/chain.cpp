#include <utility>
#include <vector>

#include "remote/s3/credentials.h"
#include "remote/s3/credentials/container.h"
#include "remote/s3/credentials/instance_metadata.h"
#include "remote/s3/credentials/kept_credentials.h"
#include "remote/s3/credentials/profile_files.h"
#include "remote/s3/credentials/static_keys.h"
#include "remote/s3/credentials/web_identity.h"

namespace cloudsync {

std::unique_ptr<S3CredentialSource> makeS3CredentialSource(const S3Location& location,
                                                           const RemoteOptions& options,
                                                           const EnvironmentLookup& environment,
                                                           RemoteNeeds needs) {
  if (location.anonymous) return nullptr;
  std::vector<std::unique_ptr<CredentialProvider>> providers;
  providers.push_back(keysOfOptions(options));
  // Named in the URL or the options, it is meant, whatever the environment holds.
  bool profileIsMeant = !location.profile.empty();
  if (!profileIsMeant) {
    providers.push_back(keysOfEnvironment(environment));
    providers.push_back(keysOfWebIdentity(location, environment, needs));
  }
  providers.push_back(keysOfProfile(profileChoice(location, environment), needs.files));
  if (!profileIsMeant) {
    providers.push_back(keysOfContainer(environment, needs));
    providers.push_back(keysOfInstance(environment, needs));
  }
  return std::make_unique<KeptCredentials>(std::move(providers), needs.clock, needs.scheduler);
}

}  // namespace cloudsync
