#include "remote/s3/multipart.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "remote/s3/answers.h"

namespace cloudsync {

namespace {

// Servers put thousands of parts together before they answer.
constexpr Duration kPatience = std::chrono::minutes(5);

}  // namespace

Task<Result<std::string>> createMultipart(S3Client& client, std::string key, HttpHeaders headers,
                                          CancelToken cancel) {
  S3Request request;
  request.method = "POST";
  request.key = key;
  request.subject = key;
  request.query = {{"uploads", ""}};
  request.headers = std::move(headers);
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  co_return parseUploadId(answer->body);
}

Task<Status> completeUpload(S3Client& client, std::string key, std::string uploadId,
                            std::vector<S3Part> parts, HttpHeaders headers, CancelToken cancel) {
  const std::string body = completeBody(parts);
  Sha256 hash = sha256Of({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
  RetryState state;
  while (true) {
    S3Request request;
    request.method = "POST";
    request.key = key;
    request.subject = key;
    request.query = {{"uploadId", uploadId}};
    request.headers = headers;
    request.headers.add("Content-Type", "application/xml");
    request.payloadHash = hash.hex();
    request.patience = kPatience;
    StringSource source{body};
    Task<Result<HttpResponse>> sending = client.send(std::move(request), &source, nullptr, cancel);
    Result<HttpResponse> answer = co_await sending;
    if (!answer) co_return answer.error();
    Result<std::string> etag = parseEtagAnswer(answer->body);
    if (etag) co_return Status();
    ++state.failed;
    const std::string& code = etag.error().subject;
    std::optional<Duration> delay = retryDelay(RetryLimits(), state, troubleOf(200, code),
                                               std::nullopt, client.random().next());
    if (!delay) co_return etag.error();
    bool slept = co_await client.scheduler().sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", key, 0};
  }
}

Task<Status> abortMultipart(S3Client& client, std::string key, std::string uploadId,
                            CancelToken cancel) {
  S3Request request;
  request.method = "DELETE";
  request.key = key;
  request.subject = key;
  request.query = {{"uploadId", std::move(uploadId)}};
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer && answer.error().kind != ErrorKind::notFound) co_return answer.error();
  co_return Status();
}

}  // namespace cloudsync
