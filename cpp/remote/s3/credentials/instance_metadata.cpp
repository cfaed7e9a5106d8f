#include "remote/s3/credentials/instance_metadata.h"

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "net/url.h"
#include "remote/s3/credentials/service_answer.h"

namespace cloudsync {

namespace {

constexpr const char* kWho = "the instance metadata service";
constexpr const char* kRoles = "/latest/meta-data/iam/security-credentials/";
constexpr Duration kLookAgainAfter = std::chrono::minutes(5);

class InstanceKeys final : public CredentialProvider {
 public:
  InstanceKeys(std::string endpoint, RemoteNeeds needs)
      : endpoint_(std::move(endpoint)), needs_(needs) {}

  std::string place() const override {
    if (endpoint_.empty()) return "the EC2 metadata service (AWS_EC2_METADATA_DISABLED is set)";
    return "the EC2 metadata service at " + endpoint_;
  }
  bool renews() const override { return true; }

  Task<Result<std::optional<S3Credentials>>> fetch(CancelToken cancel) override {
    if (endpoint_.empty()) co_return std::optional<S3Credentials>();
    SteadyTime now = needs_.clock.steadyTime();
    if (absentUntil_ && now < *absentUntil_) co_return std::optional<S3Credentials>();
    Task<Result<std::optional<std::string>>> opening = openSession(cancel);
    Result<std::optional<std::string>> session = co_await opening;
    if (!session) co_return session.error();
    if (!*session) co_return absent();

    Task<Result<HttpResponse>> naming =
        askService(get(kRoles, **session), "", kWho, needs_, cancel);
    Result<HttpResponse> roles = co_await naming;
    if (!roles) co_return roles.error();
    std::string role = roles->body.substr(0, roles->body.find_first_of("\r\n"));
    bool hasNone = roles->status == 404 || (roles->succeeded() && role.empty());
    if (hasNone) co_return absent();
    if (!roles->succeeded()) co_return serviceError(*roles, kWho);

    Task<Result<HttpResponse>> fetching = askService(
        get(kRoles + encodeUnreserved(role), **session), "", kWho, needs_, std::move(cancel));
    Result<HttpResponse> answer = co_await fetching;
    if (!answer) co_return answer.error();
    if (!answer->succeeded()) co_return serviceError(*answer, kWho);
    Result<S3Credentials> credentials = credentialsOfJson(answer->body, kWho);
    if (!credentials) co_return credentials.error();
    co_return std::optional<S3Credentials>(std::move(*credentials));
  }

 private:
  HttpRequest get(const std::string& path, const std::string& session) const {
    HttpRequest request;
    request.url = endpoint_ + path;
    request.headers.add("X-aws-ec2-metadata-token", session);
    request.route.proxy = "";
    request.timeouts.connect = std::chrono::seconds(1);
    request.timeouts.total = std::chrono::seconds(5);
    return request;
  }

  // Nothing when there is no such service: nobody answers, or somebody who does not know it.
  Task<Result<std::optional<std::string>>> openSession(CancelToken cancel) {
    HttpRequest request = get("/latest/api/token", "");
    request.method = "PUT";
    request.headers.remove("X-aws-ec2-metadata-token");
    request.headers.add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
    request.timeouts.total = std::chrono::seconds(1);
    request.limits.body = 64 * 1024;
    Task<Result<HttpResponse>> asking =
        needs_.http.perform(std::move(request), nullptr, nullptr, cancel);
    Result<HttpResponse> answer = co_await asking;
    // Once it was there, silence is trouble that passes, not absence.
    if (!answer && (cancel.cancelled() || seen_)) co_return answer.error();
    if (!answer || answer->status != 200 || answer->body.empty()) {
      co_return std::optional<std::string>();
    }
    seen_ = true;
    co_return std::optional<std::string>(answer->body);
  }

  std::optional<S3Credentials> absent() {
    absentUntil_ = needs_.clock.steadyTime() + kLookAgainAfter;
    return std::nullopt;
  }

  const std::string endpoint_;  // "": switched off
  const RemoteNeeds needs_;
  bool seen_ = false;
  std::optional<SteadyTime> absentUntil_;
};

}  // namespace

std::unique_ptr<CredentialProvider> keysOfInstance(const EnvironmentLookup& environment,
                                                   RemoteNeeds needs) {
  std::string endpoint = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("");
  if (endpoint.empty()) endpoint = "http://169.254.169.254";
  while (endpoint.ends_with('/')) endpoint.pop_back();
  std::string disabled = environment("AWS_EC2_METADATA_DISABLED").value_or("");
  if (equalIgnoringCase(disabled, "true")) endpoint.clear();
  return std::make_unique<InstanceKeys>(std::move(endpoint), needs);
}

}  // namespace cloudsync
