#include "remote/s3/credentials/profile_files.h"

#include <array>
#include <string_view>
#include <utility>

#include "remote/s3/credentials/ini.h"
#include "remote/s3/credentials/small_file.h"

namespace cloudsync {

namespace {

using Profile = std::map<std::string, std::string>;

std::string variable(const EnvironmentLookup& environment, const char* name) {
  return environment(name).value_or("");
}

std::string pathOf(const EnvironmentLookup& environment, const char* name, const char* usual) {
  std::string home = variable(environment, "HOME");
  std::string given = variable(environment, name);
  if (given.starts_with("~/")) return home.empty() ? std::string() : home + given.substr(1);
  if (!given.empty()) return given;
  return home.empty() ? std::string() : home + usual;
}

// No such file is like an empty one.
Result<IniSections> readIni(FileSystem& files, const std::string& path) {
  if (path.empty()) return IniSections();
  Result<std::string> text = readSmallFile(files, path);
  if (text) return parseIni(*text);
  ErrorKind kind = text.error().kind;
  if (kind == ErrorKind::notFound || kind == ErrorKind::notDirectory) return IniSections();
  return notUsable(path + " cannot be read: " + text.error().message);
}

std::string valueOf(const Profile& profile, const std::string& name) {
  auto found = profile.find(name);
  return found == profile.end() ? std::string() : found->second;
}

// What other tools make credentials of, and we do not.
std::string_view foreignWay(const Profile& profile) {
  constexpr std::array<std::string_view, 8> kWays = {
      "sso_session",    "sso_start_url",     "sso_account_id",          "credential_process",
      "source_profile", "credential_source", "web_identity_token_file", "login_session"};
  for (std::string_view way : kWays) {
    if (profile.contains(std::string(way))) return way;
  }
  return {};
}

class ProfileKeys final : public CredentialProvider {
 public:
  ProfileKeys(ProfileChoice choice, FileSystem& files)
      : choice_(std::move(choice)), files_(files) {}

  std::string place() const override {
    std::string where = choice_.credentialsFile.empty()
                            ? "(HOME is not set)"
                            : choice_.credentialsFile + " and " + choice_.configFile;
    return "profile '" + choice_.name + "' in " + where;
  }
  bool renews() const override { return true; }  // somebody may edit the file

  Task<Result<std::optional<S3Credentials>>> fetch(CancelToken) override { co_return find(); }

 private:
  Result<std::optional<S3Credentials>> find() const {
    Result<std::optional<Profile>> profile = readProfile(choice_, files_);
    if (!profile) return profile.error();
    if (!*profile) {
      if (choice_.named) return notUsable("there is no " + place());
      return std::optional<S3Credentials>();
    }
    SigningIdentity identity{valueOf(**profile, "aws_access_key_id"),
                             valueOf(**profile, "aws_secret_access_key"),
                             valueOf(**profile, "aws_session_token")};
    bool id = !identity.accessKeyId.empty();
    if (id && !identity.secretAccessKey.empty()) {
      return std::optional<S3Credentials>(S3Credentials{std::move(identity), std::nullopt});
    }
    return withoutKeys(**profile, id || !identity.secretAccessKey.empty());
  }

  Result<std::optional<S3Credentials>> withoutKeys(const Profile& profile, bool half) const {
    if (half) {
      return notUsable(place() + " needs both aws_access_key_id and aws_secret_access_key");
    }
    std::string_view way = foreignWay(profile);
    if (!way.empty()) {
      return notUsable(
          place() + " uses " + std::string(way) +
          ", which is not supported: run `aws configure export-credentials --profile " +
          choice_.name + " --format env` and set what it prints");
    }
    if (choice_.named) return notUsable(place() + " has no aws_access_key_id");
    return std::optional<S3Credentials>();
  }

  const ProfileChoice choice_;
  FileSystem& files_;
};

}  // namespace

ProfileChoice profileChoice(const S3Location& location, const EnvironmentLookup& environment) {
  ProfileChoice choice;
  choice.name = location.profile;
  if (choice.name.empty()) choice.name = variable(environment, "AWS_PROFILE");
  if (choice.name.empty()) choice.name = variable(environment, "AWS_DEFAULT_PROFILE");
  choice.named = !choice.name.empty();
  if (!choice.named) choice.name = "default";
  choice.credentialsFile = pathOf(environment, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  choice.configFile = pathOf(environment, "AWS_CONFIG_FILE", "/.aws/config");
  return choice;
}

Result<std::optional<Profile>> readProfile(const ProfileChoice& choice, FileSystem& files) {
  Result<IniSections> config = readIni(files, choice.configFile);
  if (!config) return config.error();
  Result<IniSections> credentials = readIni(files, choice.credentialsFile);
  if (!credentials) return credentials.error();
  std::optional<Profile> profile;
  auto merge = [&profile](const IniSections& sections, const std::string& name) {
    auto found = sections.find(name);
    if (found == sections.end()) return;
    if (!profile) profile.emplace();
    for (const auto& [property, value] : found->second) (*profile)[property] = value;
  };
  // The configuration file says "profile" in front of every name but `default`.
  if (choice.name == "default") merge(*config, "default");
  merge(*config, "profile " + choice.name);
  merge(*credentials, choice.name);
  return profile;
}

std::unique_ptr<CredentialProvider> keysOfProfile(ProfileChoice choice, FileSystem& files) {
  return std::make_unique<ProfileKeys>(std::move(choice), files);
}

std::optional<std::string> profileRegion(const S3Location& location,
                                         const EnvironmentLookup& environment, FileSystem& files) {
  if (location.regionGiven) return std::nullopt;
  Result<std::optional<Profile>> profile = readProfile(profileChoice(location, environment), files);
  if (!profile || !*profile) return std::nullopt;
  std::string region = valueOf(**profile, "region");
  if (region.empty()) return std::nullopt;
  return region;
}

}  // namespace cloudsync
