#include "remote/s3/credentials/web_identity.h"

#include <chrono>
#include <optional>
#include <utility>

#include "net/url.h"
#include "remote/s3/addressing.h"
#include "remote/s3/answers.h"
#include "remote/s3/credentials/service_answer.h"
#include "remote/s3/credentials/small_file.h"
#include "remote/s3/iso_time.h"
#include "remote/s3/xml.h"

namespace cloudsync {

namespace {

constexpr const char* kWho = "AWS's token service (AWS_ROLE_ARN)";

struct WebIdentity {
  std::string tokenFile;
  std::string roleArn;
  std::string sessionName;
  std::string endpoint;
};

Result<S3Credentials> credentialsOfXml(std::string_view body) {
  auto document = parseAnswer(body, {"AssumeRoleWithWebIdentityResponse"});
  if (!document) return notUsable(std::string(kWho) + " answered with something else");
  pugi::xml_node node =
      (*document)->document_element().child("AssumeRoleWithWebIdentityResult").child("Credentials");
  S3Credentials credentials;
  credentials.identity = {textOf(node.child("AccessKeyId")), textOf(node.child("SecretAccessKey")),
                          textOf(node.child("SessionToken"))};
  credentials.expires = parseIsoTime(textOf(node.child("Expiration")));
  if (credentials.identity.accessKeyId.empty() || credentials.identity.secretAccessKey.empty() ||
      !credentials.expires) {
    return notUsable(std::string(kWho) + " answered without whole credentials");
  }
  return credentials;
}

class WebIdentityKeys final : public CredentialProvider {
 public:
  WebIdentityKeys(WebIdentity identity, RemoteNeeds needs)
      : identity_(std::move(identity)), needs_(needs) {}

  std::string place() const override { return "AWS_WEB_IDENTITY_TOKEN_FILE"; }
  bool renews() const override { return true; }

  Task<Result<std::optional<S3Credentials>>> fetch(CancelToken cancel) override {
    if (identity_.tokenFile.empty()) co_return std::optional<S3Credentials>();
    if (identity_.roleArn.empty()) {
      co_return notUsable("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
    }
    // Read anew each time: it is replaced before it expires.
    Result<std::string> token = readSmallFile(needs_.files, identity_.tokenFile);
    if (!token) {
      co_return notUsable(identity_.tokenFile + " (AWS_WEB_IDENTITY_TOKEN_FILE) cannot be read: " +
                          token.error().message);
    }
    while (token->ends_with('\n') || token->ends_with('\r')) token->pop_back();
    HttpRequest request;
    request.method = "POST";
    request.url = identity_.endpoint;
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.timeouts.total = std::chrono::seconds(20);
    // In the body, where no log of URLs shows it.
    std::string form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" +
                       encodeUnreserved(identity_.roleArn) +
                       "&RoleSessionName=" + encodeUnreserved(identity_.sessionName) +
                       "&WebIdentityToken=" + encodeUnreserved(*token);
    Task<Result<HttpResponse>> asking =
        askService(std::move(request), std::move(form), kWho, needs_, std::move(cancel));
    Result<HttpResponse> answer = co_await asking;
    if (!answer) co_return answer.error();
    if (!answer->succeeded()) co_return serviceError(*answer, kWho);
    Result<S3Credentials> credentials = credentialsOfXml(answer->body);
    if (!credentials) co_return credentials.error();
    co_return std::optional<S3Credentials>(std::move(*credentials));
  }

 private:
  const WebIdentity identity_;
  const RemoteNeeds needs_;
};

}  // namespace

std::unique_ptr<CredentialProvider> keysOfWebIdentity(const S3Location& location,
                                                      const EnvironmentLookup& environment,
                                                      RemoteNeeds needs) {
  auto variable = [&environment](const char* name) { return environment(name).value_or(""); };
  WebIdentity identity;
  identity.tokenFile = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  identity.roleArn = variable("AWS_ROLE_ARN");
  identity.sessionName = variable("AWS_ROLE_SESSION_NAME");
  if (identity.sessionName.empty()) identity.sessionName = "cloudsync";
  identity.endpoint = variable("AWS_ENDPOINT_URL_STS");
  if (identity.endpoint.empty()) {
    // A server of one's own may have a region that AWS does not know.
    std::string region = variable("AWS_REGION");
    if (region.empty()) region = variable("AWS_DEFAULT_REGION");
    if (region.empty()) region = location.ownEndpoint ? "us-east-1" : location.region;
    if (!isRegion(region)) region = "us-east-1";
    identity.endpoint = "https://" + awsHost("sts", region) + "/";
  }
  return std::make_unique<WebIdentityKeys>(std::move(identity), needs);
}

}  // namespace cloudsync
