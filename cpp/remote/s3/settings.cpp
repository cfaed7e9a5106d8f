#include "remote/s3/settings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "base/nearest.h"
#include "net/http_message.h"
#include "net/url.h"

namespace cloudsync {

namespace {

constexpr std::array<std::string_view, 6> kParameters = {"anonymous", "endpoint", "insecure",
                                                         "pathStyle", "profile",  "region"};
constexpr std::array<std::string_view, 11> kOptions = {"anonymous",
                                                       "ca",
                                                       "credentials.accessKeyId",
                                                       "credentials.secretAccessKey",
                                                       "credentials.sessionToken",
                                                       "endpoint",
                                                       "headers.NAME",
                                                       "insecure",
                                                       "pathStyle",
                                                       "profile",
                                                       "region"};

bool isOneOf(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Where somebody who writes them into the URL finds out that others would read them there.
bool isSecret(std::string_view name) {
  constexpr std::array<std::string_view, 7> kSecrets = {
      "accessKeyId", "secretAccessKey", "sessionToken",        "accessKey",
      "secretKey",   "password",        "X-Amz-Security-Token"};
  return std::any_of(kSecrets.begin(), kSecrets.end(),
                     [name](std::string_view s) { return equalIgnoringCase(s, name); });
}

// What the remote and the signature say themselves.
bool isOurs(std::string_view header) {
  constexpr std::array<std::string_view, 12> kOurs = {
      "authorization", "connection", "content-length", "content-type",
      "expect",        "host",       "if-match",       "if-none-match",
      "range",         "te",         "trailer",        "transfer-encoding"};
  constexpr std::array<std::string_view, 5> kPrefixes = {
      "x-amz-content-", "x-amz-copy-source", "x-amz-date", "x-amz-meta-", "x-amz-security-token"};
  auto begins = [header](std::string_view prefix) {
    return equalIgnoringCase(header.substr(0, prefix.size()), prefix);
  };
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [header](std::string_view s) { return equalIgnoringCase(s, header); }) ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(), begins);
}

class Reader {
 public:
  explicit Reader(std::string subject) : subject_(std::move(subject)) {}

  Status readQuery(std::string_view query) {
    while (!query.empty()) {
      std::size_t end = std::min(query.find('&'), query.size());
      std::string_view pair = query.substr(0, end);
      query.remove_prefix(std::min(end + 1, query.size()));
      if (pair.empty()) continue;
      Status read = readParameter(pair);
      if (!read) return read;
    }
    return {};
  }

  Status readOption(const std::string& name, const std::string& value) {
    bool header = name.starts_with(kHeaderOption) && name.size() > kHeaderOption.size();
    if (header && isOurs(std::string_view(name).substr(kHeaderOption.size()))) {
      return refuse("the option " + name + " sets a header that the remote sets itself");
    }
    if (!header && !isOneOf(name, kOptions))
      return refuse("the option " + notKnown(name, kOptions));
    return put(name, value);
  }

  S3Settings take() { return std::move(settings_); }

 private:
  Error refuse(std::string why) const {
    return Error{ErrorKind::invalidArgument, std::move(why), subject_};
  }

  Status readParameter(std::string_view pair) {
    std::size_t equals = pair.find('=');
    std::optional<std::string> name = decodePercentStrictly(pair.substr(0, equals));
    if (name && isSecret(*name)) {
      return refuse(
          "credentials do not belong into the URL, which logs and lists show: set "
          "credentials in the remote's options, AWS_ACCESS_KEY_ID or ~/.aws/credentials");
    }
    if (!name || !isOneOf(*name, kParameters)) {
      return refuse("the URL's parameter " + notKnown(name.value_or("%"), kParameters));
    }
    if (equals == std::string_view::npos) return refuse("write " + *name + "=VALUE in the URL");
    std::optional<std::string> value = decodePercentStrictly(pair.substr(equals + 1));
    if (!value) return refuse("in " + *name + ", a % is not followed by two hex digits");
    return put(*name, *value);
  }

  Status put(const std::string& name, const std::string& value) {
    if (value.empty()) return refuse(name + " is empty: leave it out, or give it a value");
    if (value.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) {
      return refuse(name + " holds a line break");
    }
    auto [place, isNew] = settings_.try_emplace(name, value);
    if (!isNew && place->second != value) return refuse(name + " is given twice, and differently");
    return {};
  }

  const std::string subject_;
  S3Settings settings_;
};

}  // namespace

Result<S3Settings> readS3Settings(std::string_view query, const RemoteOptions& options,
                                  const std::string& subject) {
  Reader reader(subject);
  Status read = reader.readQuery(query);
  if (!read) return read.error();
  for (const auto& [name, value] : options) {
    read = reader.readOption(name, value);
    if (!read) return read.error();
  }
  return reader.take();
}

}  // namespace cloudsync
