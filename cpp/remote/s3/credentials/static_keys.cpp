#include "remote/s3/credentials/static_keys.h"

#include <utility>

namespace cloudsync {

namespace {

struct KeyNames {
  std::string accessKeyId;
  std::string secretAccessKey;
};

class StaticKeys final : public CredentialProvider {
 public:
  StaticKeys(SigningIdentity identity, KeyNames names)
      : identity_(std::move(identity)), names_(std::move(names)) {}

  std::string place() const override { return names_.accessKeyId; }
  bool renews() const override { return false; }

  Task<Result<std::optional<S3Credentials>>> fetch(CancelToken) override {
    if (identity_.accessKeyId.empty() && identity_.secretAccessKey.empty()) {
      co_return std::optional<S3Credentials>();
    }
    if (identity_.accessKeyId.empty()) co_return missing(names_.accessKeyId);
    if (identity_.secretAccessKey.empty()) co_return missing(names_.secretAccessKey);
    co_return std::optional<S3Credentials>(S3Credentials{identity_, std::nullopt});
  }

 private:
  Error missing(const std::string& name) const {
    return notUsable(name + " is not set, but the other half of the pair is");
  }

  const SigningIdentity identity_;
  const KeyNames names_;
};

}  // namespace

std::unique_ptr<CredentialProvider> keysOfOptions(const RemoteOptions& options) {
  auto valueOf = [&options](const std::string& name) {
    auto found = options.find(name);
    return found == options.end() ? std::string() : found->second;
  };
  KeyNames names{"credentials.accessKeyId", "credentials.secretAccessKey"};
  SigningIdentity identity{valueOf(names.accessKeyId), valueOf(names.secretAccessKey),
                           valueOf("credentials.sessionToken")};
  return std::make_unique<StaticKeys>(std::move(identity), std::move(names));
}

std::unique_ptr<CredentialProvider> keysOfEnvironment(const EnvironmentLookup& environment) {
  KeyNames names{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"};
  SigningIdentity identity{environment("AWS_ACCESS_KEY_ID").value_or(""),
                           environment("AWS_SECRET_ACCESS_KEY").value_or(""),
                           environment("AWS_SESSION_TOKEN").value_or("")};
  return std::make_unique<StaticKeys>(std::move(identity), std::move(names));
}

}  // namespace cloudsync
