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

namespace {

// One attempt. An <Error> inside a 200 has its own retryable code.
Task<Status> complete(S3Client& client, S3Request request, std::string body, Trouble& trouble,
                      CancelToken cancel) {
  StringSource source{std::move(body)};
  Task<Result<HttpResponse>> sending =
      client.send(std::move(request), &source, nullptr, std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) {
    trouble = troubleOf(answer.error());
    // Ceph says 500 while an attempt whose answer was lost is still at work.
    if (answer.error().kind == ErrorKind::remoteFault) trouble = Trouble::transient;
    co_return answer.error();
  }
  Result<std::string> etag = parseEtagAnswer(answer->body);
  if (etag) co_return Status();
  trouble = troubleOf(200, etag.error().subject);
  co_return etag.error();
}

// `notFound` when the server does not know the upload (any more).
Task<Status> findUpload(S3Client& client, std::string key, std::string uploadId,
                        CancelToken cancel) {
  S3Request request;
  request.key = key;
  request.subject = key;
  request.query = {{"max-parts", "1"}, {"uploadId", std::move(uploadId)}};
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  co_return answer ? Status() : Status(answer.error());
}

}  // namespace

Task<Status> completeUpload(S3Client& client, std::string key, std::string uploadId,
                            std::vector<S3Part> parts, HttpHeaders headers, RepeatGuard* guard,
                            CancelToken cancel) {
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
    request.attempts = 1;  // between two of them we look whether there is anything to repeat
    Trouble trouble = Trouble::final;
    Task<Status> completing = complete(client, std::move(request), body, trouble, cancel);
    Status completed = co_await completing;
    if (completed) co_return completed;
    ++state.failed;
    std::optional<Duration> delay =
        retryDelay(RetryLimits(), state, trouble, std::nullopt, client.random().next());
    if (!delay) co_return completed;
    Task<Status> finding = findUpload(client, key, uploadId, cancel);
    Status there = co_await finding;
    if (!there && there.error().kind == ErrorKind::notFound) co_return there;
    bool slept = co_await client.scheduler().sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", key, 0};
    if (!guard) continue;
    Task<bool> asking = guard->mayRepeat(trouble, cancel);
    bool sensible = co_await asking;
    if (!sensible) co_return completed;
  }
}

Task<Result<std::vector<S3StoredPart>>> listParts(S3Client& client, std::string key,
                                                  std::string uploadId, CancelToken cancel) {
  std::vector<S3StoredPart> parts;
  std::uint32_t marker = 0;
  while (true) {
    S3Request request;
    request.key = key;
    request.subject = key;
    request.query = {{"uploadId", uploadId}};
    if (marker > 0) request.query.emplace_back("part-number-marker", std::to_string(marker));
    Task<Result<HttpResponse>> sending = client.send(std::move(request), cancel);
    Result<HttpResponse> answer = co_await sending;
    if (!answer) co_return answer.error();
    Result<S3PartsPage> page = parsePartsPage(answer->body);
    if (!page) co_return page.error();
    for (S3StoredPart& part : page->parts) parts.push_back(std::move(part));
    if (!page->truncated) co_return parts;
    if (page->nextMarker <= marker) {
      co_return Error{ErrorKind::remoteFault, "the S3 server's list of parts goes round in circles",
                      key, 0};
    }
    marker = page->nextMarker;
  }
}

Task<Status> abortMultipart(S3Client& client, std::string key, std::string uploadId,
                            std::uint32_t attempts, CancelToken cancel) {
  S3Request request;
  request.method = "DELETE";
  request.key = key;
  request.subject = key;
  request.query = {{"uploadId", std::move(uploadId)}};
  request.attempts = attempts;
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer && answer.error().kind != ErrorKind::notFound) co_return answer.error();
  co_return Status();
}

}  // namespace cloudsync
