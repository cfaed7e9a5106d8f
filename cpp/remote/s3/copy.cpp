#include "remote/s3/copy.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "net/url.h"
#include "remote/part_receipts.h"
#include "remote/s3/answers.h"
#include "remote/s3/metadata.h"
#include "remote/s3/multipart.h"

namespace cloudsync {

namespace {

constexpr ByteCount kMostInOneRequest = 5ULL << 30;
constexpr ByteCount kPart = 1ULL << 30;
constexpr Duration kPatience = std::chrono::minutes(10);

S3Request copyRequest(S3Client& client, const CopySource& from, const std::string& to,
                      const ObjectVersion& expected) {
  S3Request request;
  request.method = "PUT";
  request.key = to;
  request.subject = from.key;
  std::string source = "/" + client.location()->bucket + "/" + encodePath(from.key);
  if (!from.versionId.empty()) source += "?versionId=" + encodeUnreserved(from.versionId);
  request.headers.add("x-amz-copy-source", source);
  request.headers.add("x-amz-copy-source-if-match", "\"" + expected.text + "\"");
  request.patience = kPatience;
  return request;
}

// The ETag of the copy, or of the part. Copying takes a server time, so it answers 200 before it
// knows, and may have to say in the body that it failed.
Task<Result<std::string>> sendCopy(S3Client& client, S3Request request, CancelToken cancel) {
  RetryState state;
  while (true) {
    Task<Result<HttpResponse>> sending = client.send(request, cancel);
    Result<HttpResponse> answer = co_await sending;
    if (!answer) co_return answer.error();
    Result<std::string> etag = parseEtagAnswer(answer->body);
    if (etag) co_return etag;
    ++state.failed;
    std::optional<Duration> delay =
        retryDelay(RetryLimits(), state, troubleOf(200, etag.error().subject), std::nullopt,
                   client.random().next());
    if (!delay) co_return etag.error();
    bool slept = co_await client.scheduler().sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", request.key, 0};
  }
}

Task<Status> copyInParts(S3Client& client, CopySource from, std::string to, ObjectInfo expected,
                         CancelToken cancel) {
  WriteRequest same;
  same.size = expected.size;
  same.modifyTime = expected.modifyTime;
  same.sha256 = expected.sha256.value_or(Sha256());
  same.nonce = expected.nonce;
  HttpHeaders headers = metadataOf(same);
  if (!expected.sha256) headers.remove("x-amz-meta-cloudsync-sha256");
  Task<Result<std::string>> creating = createMultipart(client, to, std::move(headers), cancel);
  Result<std::string> id = co_await creating;
  if (!id) co_return id.error();
  Task<Result<std::vector<PartReceipt>>> copying =
      copyParts(client, from, to, expected, *id, cancel);
  Result<std::vector<PartReceipt>> receipts = co_await copying;
  Result<std::vector<ReceivedPart>> parts =
      receipts ? arrangeParts(*receipts, expected.size) : receipts.error();
  Status done = parts ? Status() : Status(parts.error());
  if (parts) {
    std::vector<S3Part> list;
    for (ReceivedPart& part : *parts) list.push_back({part.number, std::move(part.proof)});
    Task<Status> completing = completeUpload(client, to, *id, std::move(list), {}, nullptr, cancel);
    done = co_await completing;
  }
  if (!done) {
    // Also when we were cancelled, but without waiting for a server that is away: what nobody can
    // find again should not stay.
    Task<Status> aborting = abortMultipart(client, to, *id, 1, CancelToken());
    (void)co_await aborting;
  }
  co_return done;
}

}  // namespace

Task<Result<std::vector<PartReceipt>>> copyParts(S3Client& client, CopySource from, std::string to,
                                                 ObjectInfo expected, std::string uploadId,
                                                 CancelToken cancel) {
  std::vector<PartReceipt> parts;
  for (ByteCount begin = 0; begin < expected.size; begin += kPart) {
    ByteRange range{begin, std::min(begin + kPart, expected.size)};
    auto number = static_cast<std::uint32_t>(parts.size() + 1);
    S3Request request = copyRequest(client, from, to, expected.version);
    request.headers.add("x-amz-copy-source-range", "bytes=" + std::to_string(range.begin) + "-" +
                                                       std::to_string(range.end - 1));
    request.query = {{"partNumber", std::to_string(number)}, {"uploadId", uploadId}};
    Task<Result<std::string>> copying = sendCopy(client, std::move(request), cancel);
    Result<std::string> etag = co_await copying;
    if (!etag) co_return etag.error();
    parts.push_back({number, receiptTag(range, *etag)});
  }
  co_return parts;
}

Task<Status> copyObject(S3Client& client, CopySource from, std::string to, ObjectInfo expected,
                        CancelToken cancel) {
  if (expected.size > kMostInOneRequest) {
    Task<Status> copying = copyInParts(client, from, to, std::move(expected), std::move(cancel));
    co_return co_await copying;
  }
  S3Request request = copyRequest(client, from, to, expected.version);
  request.headers.add("x-amz-metadata-directive", "COPY");
  Task<Result<std::string>> copying = sendCopy(client, std::move(request), std::move(cancel));
  Result<std::string> etag = co_await copying;
  co_return etag ? Status() : Status(etag.error());
}

}  // namespace cloudsync
