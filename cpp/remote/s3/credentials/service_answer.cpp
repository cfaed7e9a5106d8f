#include "remote/s3/credentials/service_answer.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "net/retrying_transport.h"
#include "remote/s3/answers.h"
#include "remote/s3/credentials/flat_json.h"
#include "remote/s3/credentials/provider.h"
#include "remote/s3/iso_time.h"

namespace cloudsync {

Error serviceError(const HttpResponse& answer, const std::string& who) {
  std::string text = who + " answered " + std::to_string(answer.status);
  // The code only: a message may repeat the token that was sent.
  std::string code = parseS3Error(answer.body).code;
  if (!code.empty()) text += " " + code;
  if (answer.status >= 500) return Error{ErrorKind::network, std::move(text), {}};
  return notUsable(std::move(text));
}

Task<Result<HttpResponse>> askService(HttpRequest request, std::string body, std::string who,
                                      RemoteNeeds needs, CancelToken cancel) {
  AttemptHooks hooks;
  RetryLimits limits;
  limits.attempts = 3;
  request.limits.body = 64 * 1024;
  StringSource source(std::move(body));
  BodySource* upload = source.size() > 0 ? &source : nullptr;
  RetryingTransport transport(needs.http, needs.scheduler, needs.random, limits, hooks);
  Task<Result<HttpResponse>> asking =
      transport.perform(std::move(request), upload, nullptr, std::move(cancel));
  Result<HttpResponse> answer = co_await asking;
  if (!answer) {
    Error error = answer.error();
    error.message = who + ": " + error.message;
    co_return error;
  }
  co_return answer;
}

Result<S3Credentials> credentialsOfJson(std::string_view body, const std::string& who) {
  std::optional<std::map<std::string, std::string>> fields = parseFlatJson(body);
  if (!fields) return notUsable(who + " answered with something else than credentials");
  S3Credentials credentials;
  credentials.identity = {(*fields)["AccessKeyId"], (*fields)["SecretAccessKey"],
                          (*fields)["Token"]};
  if (credentials.identity.accessKeyId.empty() || credentials.identity.secretAccessKey.empty()) {
    return notUsable(who + " answered without an AccessKeyId and a SecretAccessKey");
  }
  const std::string& expiration = (*fields)["Expiration"];
  if (!expiration.empty()) {
    credentials.expires = parseIsoTime(expiration);
    if (!credentials.expires) return notUsable(who + " answered with an unreadable Expiration");
  }
  return credentials;
}

}  // namespace cloudsync
