#include "remote/s3/credentials/container.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "net/url.h"
#include "remote/s3/credentials/service_answer.h"
#include "remote/s3/credentials/small_file.h"

namespace cloudsync {

namespace {

constexpr const char* kWho = "the container's credential service";

struct ContainerService {
  std::string url;
  std::string token;
  std::string tokenFile;  // instead of `token`; renewed by the platform
};

// Credentials come back unencrypted: only from where no network is in between.
bool mayBeHttp(std::string_view host) {
  constexpr std::array<std::string_view, 5> kLocal = {"localhost", "[::1]", "169.254.170.2",
                                                      "169.254.170.23", "[fd00:ec2::23]"};
  bool loopback =
      host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
  return loopback || std::find(kLocal.begin(), kLocal.end(), host) != kLocal.end();
}

class ContainerKeys final : public CredentialProvider {
 public:
  ContainerKeys(ContainerService service, RemoteNeeds needs)
      : service_(std::move(service)), needs_(needs) {}

  std::string place() const override {
    return "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI";
  }
  bool renews() const override { return true; }

  Task<Result<std::optional<S3Credentials>>> fetch(CancelToken cancel) override {
    if (service_.url.empty()) co_return std::optional<S3Credentials>();
    Result<HttpRequest> request = makeRequest();
    if (!request) co_return request.error();
    Task<Result<HttpResponse>> asking =
        askService(std::move(*request), "", kWho, needs_, std::move(cancel));
    Result<HttpResponse> answer = co_await asking;
    if (!answer) co_return answer.error();
    if (!answer->succeeded()) co_return serviceError(*answer, kWho);
    Result<S3Credentials> credentials = credentialsOfJson(answer->body, kWho);
    if (!credentials) co_return credentials.error();
    co_return std::optional<S3Credentials>(std::move(*credentials));
  }

 private:
  Result<HttpRequest> makeRequest() const {
    Result<Url> url = parseUrl(service_.url);
    if (!url) return notUsable("AWS_CONTAINER_CREDENTIALS_*_URI: " + url.error().message);
    if (url->scheme != "https" && !mayBeHttp(url->host)) {
      return notUsable("AWS_CONTAINER_CREDENTIALS_FULL_URI must be https:// or this machine's");
    }
    HttpRequest request;
    request.url = service_.url;
    request.route.proxy = "";
    request.timeouts.connect = std::chrono::seconds(2);
    request.timeouts.total = std::chrono::seconds(10);
    std::string token = service_.token;
    if (!service_.tokenFile.empty()) {
      Result<std::string> text = readSmallFile(needs_.files, service_.tokenFile);
      if (!text) {
        return notUsable(
            service_.tokenFile +
            " (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) cannot be read: " + text.error().message);
      }
      token = std::move(*text);
    }
    while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
    if (!token.empty()) request.headers.add("Authorization", token);
    return request;
  }

  const ContainerService service_;
  const RemoteNeeds needs_;
};

}  // namespace

std::unique_ptr<CredentialProvider> keysOfContainer(const EnvironmentLookup& environment,
                                                    RemoteNeeds needs) {
  auto variable = [&environment](const char* name) { return environment(name).value_or(""); };
  ContainerService service;
  std::string relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  service.url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative.empty()) {
    // With a slash always: "@host/" must not become another host.
    service.url =
        "http://169.254.170.2" + std::string(relative.starts_with('/') ? "" : "/") + relative;
  }
  service.token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  service.tokenFile = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  return std::make_unique<ContainerKeys>(std::move(service), needs);
}

}  // namespace cloudsync
