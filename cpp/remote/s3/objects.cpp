#include "remote/s3/objects.h"

#include <utility>

#include "remote/s3/answers.h"
#include "remote/s3/body_sources.h"
#include "remote/s3/metadata.h"
#include "remote/s3/ranged_read.h"

namespace cloudsync {

namespace {

Error changed(const RelPath& path) {
  return Error{ErrorKind::conflict, "the object in the cloud is another one by now", path.text(),
               0};
}

// "" when the answer holds none: Complete and some servers' PUT leave it out.
std::string etagOf(const HttpResponse& answer) {
  std::optional<std::string_view> etag = answer.headers.find("ETag");
  return etag ? stripEtag(*etag) : std::string();
}

}  // namespace

bool mayBeOwnSuccess(ErrorKind kind) {
  return kind == ErrorKind::conflict || kind == ErrorKind::network || kind == ErrorKind::timeout ||
         kind == ErrorKind::throttled || kind == ErrorKind::remoteFault ||
         kind == ErrorKind::notFound;
}

Task<Result<ObjectInfo>> S3Objects::head(RelPath path, CancelToken cancel) {
  S3Request request;
  request.method = "HEAD";
  request.key = keyOf(path);
  request.subject = path.text();
  Task<Result<HttpResponse>> sending = client_.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  co_return objectInfoOf(*answer, path.text());
}

Task<Result<ObjectInfo>> S3Objects::stat(RelPath path, CancelToken cancel) {
  Task<Result<ObjectInfo>> looking = head(path, cancel);
  Result<ObjectInfo> info = co_await looking;
  if (info || info.error().kind != ErrorKind::notFound) co_return info;
  // The 404 of a HEAD has no body to tell a missing object from a missing bucket.
  S3Request request;
  request.query = {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", keyOf(path)}};
  request.subject = path.text();
  Task<Result<HttpResponse>> sending = client_.send(std::move(request), cancel);
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  Result<S3Page> page = parseListPage(answer->body);
  if (!page) co_return page.error();
  co_return info;
}

Task<Result<ObjectInfo>> S3Objects::read(RelPath path, ByteRange range, ObjectVersion expected,
                                         ByteSink& sink, CancelToken cancel) {
  if (range.begin > range.end) {
    co_return Error{ErrorKind::invalidArgument, "the range ends before it begins", path.text(), 0};
  }
  if (range.size() > 0) {
    Task<Result<ObjectInfo>> reading =
        readRange(client_, keyOf(path), range, std::move(expected), sink, std::move(cancel));
    co_return co_await reading;
  }
  // HTTP has no way to ask for no bytes.
  Task<Result<ObjectInfo>> looking = head(path, std::move(cancel));
  Result<ObjectInfo> info = co_await looking;
  if (info && info->version != expected) co_return changed(path);
  co_return info;
}

Task<Status> S3Objects::mustHold(RelPath path, Precondition precondition, CancelToken cancel) {
  if (precondition.kind == Precondition::Kind::none) co_return Status();
  Task<Result<ObjectInfo>> looking = head(path, std::move(cancel));
  Result<ObjectInfo> info = co_await looking;
  bool absent = !info && info.error().kind == ErrorKind::notFound;
  if (!info && !absent) co_return info.error();
  bool holds = precondition.kind == Precondition::Kind::absent
                   ? absent
                   : info && info->version == precondition.version;
  if (holds) co_return Status();
  co_return changed(path);
}

Task<Result<ObjectInfo>> S3Objects::findOwn(RelPath path, std::string nonce, Error otherwise,
                                            CancelToken cancel) {
  Task<Result<ObjectInfo>> looking = head(path, std::move(cancel));
  Result<ObjectInfo> info = co_await looking;
  if (info && info->nonce == nonce) co_return info;
  co_return otherwise;
}

Task<Result<HttpResponse>> S3Objects::put(RelPath path, ByteSource& source,
                                          const WriteRequest& request, S3Conditions conditions,
                                          CancelToken cancel) {
  S3Request call;
  call.method = "PUT";
  call.key = keyOf(path);
  call.subject = path.text();
  call.headers = metadataOf(request);
  call.headers.add("Content-Type", "application/octet-stream");
  addPrecondition(call.headers, request.precondition, conditions);
  call.payloadHash = request.sha256.hex();
  RangeSource body(source, {0, request.size});
  Task<Result<HttpResponse>> sending =
      client_.send(std::move(call), &body, nullptr, std::move(cancel));
  co_return co_await sending;
}

Task<Result<ObjectInfo>> S3Objects::write(RelPath path, ByteSource& source, WriteRequest request,
                                          CancelToken cancel) {
  if (source.size() != request.size) {
    co_return Error{ErrorKind::corrupt, "the content has another size than announced", path.text(),
                    0};
  }
  Task<Result<S3Traits>> asking = endpoint_.traits(cancel);
  Result<S3Traits> traits = co_await asking;
  if (!traits) co_return traits.error();
  const S3Conditions conditions = traits->conditions;
  const bool weak = !conditions.keeps(request.precondition);
  if (weak) {
    Task<Status> checking = mustHold(path, request.precondition, cancel);
    Status holds = co_await checking;
    if (!holds) co_return holds.error();
  }

  Task<Result<HttpResponse>> putting = put(path, source, request, conditions, cancel);
  Result<HttpResponse> answer = co_await putting;
  if (!answer && !mayBeOwnSuccess(answer.error().kind)) co_return answer.error();
  std::string etag = answer ? etagOf(*answer) : std::string();
  if (!etag.empty() && !weak) co_return writtenInfo(request, std::move(etag));
  // An answer that was lost, or a 412 to our own second attempt, or a server that may have let
  // somebody else pass at the same moment: only what stands there now tells.
  Error otherwise = answer ? changed(path) : answer.error();
  Task<Result<ObjectInfo>> finding = findOwn(path, request.nonce, std::move(otherwise), cancel);
  Result<ObjectInfo> found = co_await finding;
  // Nobody asked for more than that it is written: it was, and somebody's newer one replaced it
  // (Swift then tells no ETag). Its version was never to be seen.
  bool superseded = answer && !found && found.error().kind == ErrorKind::conflict &&
                    request.precondition.kind == Precondition::Kind::none;
  if (superseded) co_return writtenInfo(request, "");
  co_return found;
}

}  // namespace cloudsync
