#include "remote/s3/location.h"

#include <initializer_list>
#include <optional>

#include "net/url.h"
#include "remote/s3/addressing.h"
#include "remote/s3/bucket_url.h"
#include "remote/s3/settings.h"

namespace cloudsync {

namespace {

std::optional<std::string> find(const S3Settings& settings, const std::string& name) {
  auto found = settings.find(name);
  if (found == settings.end()) return std::nullopt;
  return found->second;
}

// The first of `names` that the environment sets to anything.
std::optional<std::string> firstSet(const EnvironmentLookup& environment,
                                    std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::optional<std::string> value = environment(name);
    if (value && !value->empty()) return value;
  }
  return std::nullopt;
}

class Builder {
 public:
  Builder(S3Settings settings, const EnvironmentLookup& environment, std::string subject)
      : settings_(std::move(settings)), environment_(environment), subject_(std::move(subject)) {}

  Result<S3Location> build(const BucketUrl& url) {
    location_.bucket = url.bucket;
    location_.prefix = url.prefix;
    for (const Status& step : {readFlags(), readRegion(), readEndpoint(), readStyle(),
                               readHeaders(), checkCredentials()}) {
      if (!step) return step.error();
    }
    location_.profile = find(settings_, "profile").value_or("");
    location_.route.caFile = find(settings_, "ca").value_or("");
    return location_;
  }

 private:
  Error refuse(std::string why) const {
    return Error{ErrorKind::invalidArgument, std::move(why), subject_};
  }

  Result<std::optional<bool>> flag(const std::string& name) const {
    std::optional<std::string> text = find(settings_, name);
    if (!text) return std::optional<bool>();
    if (*text != "true" && *text != "false") {
      return refuse(name + " must be true or false");
    }
    return std::optional<bool>(*text == "true");
  }

  Status readFlags() {
    Result<std::optional<bool>> anonymous = flag("anonymous");
    if (!anonymous) return anonymous.error();
    Result<std::optional<bool>> insecure = flag("insecure");
    if (!insecure) return insecure.error();
    location_.anonymous = anonymous->value_or(false);
    if (insecure->value_or(false)) location_.route.tls = TlsVerification::none;
    return {};
  }

  Status readRegion() {
    std::optional<std::string> region = find(settings_, "region");
    if (!region) region = firstSet(environment_, {"AWS_REGION", "AWS_DEFAULT_REGION"});
    location_.regionGiven = region.has_value();
    location_.region = region.value_or("us-east-1");
    if (!isRegion(location_.region)) {
      return refuse("the region may hold letters, digits and hyphens only");
    }
    return {};
  }

  Status readEndpoint() {
    std::optional<std::string> endpoint = find(settings_, "endpoint");
    bool ignored = environment_("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or("") == "true";
    std::string name = "endpoint";
    if (!endpoint && !ignored) {
      endpoint = firstSet(environment_, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
      name = "AWS_ENDPOINT_URL";
    }
    if (!endpoint) {
      location_.scheme = "https";
      location_.port = 443;
      location_.host = awsHost("s3", location_.region);
      return {};
    }
    if (endpoint->find("://") == std::string::npos) {
      return refuse(name + " must be a URL: http://HOST:PORT or https://HOST");
    }
    Result<Url> url = parseUrl(*endpoint);
    if (!url) return refuse(name + ": " + url.error().message);
    if (!url->query.empty() || endpoint->find_first_of("?#") != std::string::npos) {
      return refuse(name + " takes no ? or #");
    }
    location_.ownEndpoint = true;
    location_.scheme = url->scheme;
    location_.host = url->host;
    location_.port = url->port;
    location_.basePath = url->path;
    while (location_.basePath.ends_with('/')) location_.basePath.pop_back();
    return {};
  }

  Status readStyle() {
    Result<std::optional<bool>> given = flag("pathStyle");
    if (!given) return given.error();
    bool usual = location_.ownEndpoint || !isHostLabel(location_.bucket, Dots::no);
    location_.pathStyle = given->value_or(usual);
    if (location_.pathStyle) return {};
    if (!isHostLabel(location_.bucket, Dots::yes) || isAddress(location_.host)) {
      return refuse("this bucket cannot be part of a host name: use pathStyle=true");
    }
    return {};
  }

  Status readHeaders() {
    HttpRequest probe;
    probe.url = "http://host/";
    for (const auto& [name, value] : settings_) {
      if (!name.starts_with(kHeaderOption)) continue;
      location_.headers.push_back({name.substr(kHeaderOption.size()), value});
      probe.headers.add(location_.headers.back().name, value);
    }
    Status valid = validate(probe);
    if (!valid) return refuse("headers: " + valid.error().message);
    return {};
  }

  Status checkCredentials() const {
    bool id = settings_.contains("credentials.accessKeyId");
    bool secret = settings_.contains("credentials.secretAccessKey");
    bool token = settings_.contains("credentials.sessionToken");
    if (id != secret || (token && !id)) {
      return refuse("credentials need both accessKeyId and secretAccessKey");
    }
    bool profile = settings_.contains("profile");
    if (location_.anonymous && (id || profile)) {
      return refuse("anonymous=true uses no credentials: leave one of the two out");
    }
    if (id && profile) return refuse("give either credentials or a profile, not both");
    return {};
  }

  const S3Settings settings_;
  const EnvironmentLookup& environment_;
  const std::string subject_;
  S3Location location_;
};

}  // namespace

Result<S3Location> parseS3Location(std::string_view url, const RemoteOptions& options,
                                   const EnvironmentLookup& environment) {
  Result<BucketUrl> parts = parseBucketUrl(url);
  if (!parts) return parts.error();
  std::string subject = "s3://" + parts->bucket + "/" + parts->prefix;
  Result<S3Settings> settings = readS3Settings(parts->query, options, subject);
  if (!settings) return settings.error();
  return Builder(std::move(*settings), environment, subject).build(*parts);
}

}  // namespace cloudsync
