#include "remote/s3/uploads.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "remote/part_receipts.h"
#include "remote/s3/answers.h"
#include "remote/s3/body_sources.h"
#include "remote/s3/metadata.h"
#include "remote/s3/multipart.h"

namespace cloudsync {

Task<Result<UploadId>> S3Uploads::begin(RelPath path, WriteRequest request, CancelToken cancel) {
  HttpHeaders headers = metadataOf(request);
  headers.add("Content-Type", "application/octet-stream");
  Task<Result<std::string>> creating =
      createMultipart(client_, objects_.keyOf(path), std::move(headers), std::move(cancel));
  Result<std::string> id = co_await creating;
  if (!id) co_return id.error();
  co_return UploadId{std::move(*id)};
}

Task<Result<PartReceipt>> S3Uploads::sendPart(RelPath path, UploadId upload, PartRequest part,
                                              ByteSource& source, CancelToken cancel) {
  if (part.number == 0 || part.range.end <= part.range.begin || part.range.end > source.size()) {
    co_return Error{ErrorKind::invalidArgument,
                    "a part has a number from 1, and a range of its source that is not empty",
                    path.text(), 0};
  }
  S3Request request;
  request.method = "PUT";
  request.key = objects_.keyOf(path);
  request.subject = path.text();
  request.query = {{"partNumber", std::to_string(part.number)}, {"uploadId", upload.value}};
  request.payloadHash = part.sha256.hex();
  RangeSource body(source, part.range);
  Task<Result<HttpResponse>> sending =
      client_.send(std::move(request), &body, nullptr, std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  std::optional<std::string_view> etag = answer->headers.find("ETag");
  if (!etag) {
    co_return Error{ErrorKind::remoteFault, "the S3 server gave no ETag for a part", path.text(),
                    0};
  }
  co_return PartReceipt{part.number, receiptTag(part.range, stripEtag(*etag))};
}

// Only who has the upload's id adds parts to it, and a part is stored whole or not at all: one of
// the right number and size is the one that was sent.
Task<Result<std::vector<PartReceipt>>> S3Uploads::received(RelPath path, UploadId upload,
                                                           std::vector<PartRequest> parts,
                                                           CancelToken cancel) {
  Task<Result<std::vector<S3StoredPart>>> listing =
      listParts(client_, objects_.keyOf(path), std::move(upload.value), std::move(cancel));
  Result<std::vector<S3StoredPart>> stored = co_await listing;
  if (!stored) {
    // Not allowed to know, or a server that has no such list: then the parts are sent again.
    ErrorKind kind = stored.error().kind;
    bool cannotTell = kind == ErrorKind::remoteFault || kind == ErrorKind::notSupported ||
                      kind == ErrorKind::invalidArgument || kind == ErrorKind::remoteNotReady;
    if (cannotTell) co_return std::vector<PartReceipt>();
    co_return stored.error();
  }
  std::map<std::uint32_t, const S3StoredPart*> byNumber;
  for (const S3StoredPart& part : *stored) byNumber[part.number] = &part;
  std::vector<PartReceipt> receipts;
  for (const PartRequest& part : parts) {
    auto found = byNumber.find(part.number);
    if (found == byNumber.end() || found->second->size != part.range.size()) continue;
    receipts.push_back({part.number, receiptTag(part.range, found->second->etag)});
  }
  co_return receipts;
}

Task<Result<ObjectInfo>> S3Uploads::finish(RelPath path, UploadId upload,
                                           std::vector<PartReceipt> parts, WriteRequest request,
                                           CancelToken cancel) {
  Result<std::vector<ReceivedPart>> arranged = arrangeParts(parts, request.size);
  if (!arranged) co_return arranged.error();
  std::vector<S3Part> list;
  for (ReceivedPart& part : *arranged) list.push_back({part.number, std::move(part.proof)});
  Task<Result<S3Traits>> asking = endpoint_.traits(cancel);
  Result<S3Traits> traits = co_await asking;
  if (!traits) co_return traits.error();

  // Ceph ignores preconditions here though it keeps those of a PUT: looking first narrows the gap,
  // looking afterwards finds a loser. A former attempt of ours may have succeeded unheard.
  Task<Status> checking = objects_.mustHold(path, request.precondition, cancel);
  Status holds = co_await checking;
  if (!holds) {
    Task<Result<ObjectInfo>> settling = objects_.settle(path, request, holds.error(), cancel);
    co_return co_await settling;
  }
  HttpHeaders headers;
  addPrecondition(headers, request.precondition, traits->conditions);
  std::unique_ptr<RepeatGuard> guard =
      guardWrite(objects_, path, request, Server::ignoresCondition);
  Task<Status> completing =
      completeUpload(client_, objects_.keyOf(path), upload.value, std::move(list),
                     std::move(headers), guard.get(), cancel);
  Status completed = co_await completing;
  if (!completed && !mayBeOwnSuccess(completed.error().kind)) co_return completed.error();
  Error failure{ErrorKind::conflict, "somebody else's object took the place of the upload",
                path.text(), 0};
  if (!completed) failure = completed.error();
  Task<Result<ObjectInfo>> settling = objects_.settle(path, request, std::move(failure), cancel);
  Result<ObjectInfo> info = co_await settling;
  if (info && info->size != request.size) {
    co_return Error{ErrorKind::remoteFault,
                    "the S3 server put the parts together to another size than they have",
                    path.text(), 0};
  }
  co_return info;
}

Task<Status> S3Uploads::abort(RelPath path, UploadId upload, CancelToken cancel) {
  Task<Status> aborting = abortMultipart(client_, objects_.keyOf(path), upload.value,
                                         RetryLimits().attempts, std::move(cancel));
  co_return co_await aborting;
}

}  // namespace cloudsync
