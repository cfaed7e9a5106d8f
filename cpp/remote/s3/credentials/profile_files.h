#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "fs/file_system.h"
#include "net/environment.h"
#include "remote/s3/credentials/provider.h"
#include "remote/s3/location.h"

namespace cloudsync {

// Which profile is meant, and where it stands. A value.
struct ProfileChoice {
  std::string name;
  bool named = false;           // by the URL or AWS_PROFILE: then it must be there
  std::string credentialsFile;  // "" where no home directory is known
  std::string configFile;
};
ProfileChoice profileChoice(const S3Location& location, const EnvironmentLookup& environment);

// The profile's properties; the credentials file wins over the configuration file. Nothing when
// neither has it. Blocks on the disk; any thread.
Result<std::optional<std::map<std::string, std::string>>> readProfile(const ProfileChoice& choice,
                                                                      FileSystem& files);

std::unique_ptr<CredentialProvider> keysOfProfile(ProfileChoice choice, FileSystem& files);

}  // namespace cloudsync
