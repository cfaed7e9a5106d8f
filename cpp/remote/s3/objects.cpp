#include "remote/s3/objects.h"

#include <optional>
#include <utility>

#include "net/retry_policy.h"
#include "remote/s3/answers.h"
#include "remote/s3/body_sources.h"
#include "remote/s3/list_pages.h"
#include "remote/s3/metadata.h"
#include "remote/s3/ranged_read.h"

namespace cloudsync {

namespace {

constexpr std::uint32_t kLooksAtContradiction = 5;

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

namespace {

bool holds(const Precondition& precondition, const Result<ObjectInfo>& now) {
  switch (precondition.kind) {
    case Precondition::Kind::none:
      return true;
    case Precondition::Kind::absent:
      return !now.ok();
    case Precondition::Kind::version:
      return now && now->version == precondition.version;
  }
  return false;
}

bool isKnown(const Result<ObjectInfo>& now) {
  return now || now.error().kind == ErrorKind::notFound;
}

// Between two attempts of a change: neither has the first one succeeded unheard, nor did somebody
// else change what it was conditional on.
class UnchangedSince final : public RepeatGuard {
 public:
  UnchangedSince(S3Objects& objects, const RelPath& path, const WriteRequest& request,
                 Server server)
      : objects_(objects), path_(path), request_(request), server_(server) {}

  Task<bool> mayRepeat(Trouble trouble, CancelToken cancel) override {
    // A server that did nothing, and looks itself before it does, needs no help.
    if (trouble == Trouble::throttled && server_ == Server::keepsCondition) co_return true;
    Task<Result<ObjectInfo>> looking = objects_.head(path_, std::move(cancel));
    Result<ObjectInfo> now = co_await looking;
    if (!isKnown(now) || (now && now->nonce == request_.nonce)) co_return false;
    co_return holds(request_.precondition, now);
  }

 private:
  S3Objects& objects_;
  const RelPath& path_;
  const WriteRequest& request_;
  const Server server_;
};

}  // namespace

std::unique_ptr<RepeatGuard> guardWrite(S3Objects& objects, const RelPath& path,
                                        const WriteRequest& request, Server server) {
  return std::make_unique<UnchangedSince>(objects, path, request, server);
}

bool mayBeOwnSuccess(ErrorKind kind) {
  return kind == ErrorKind::conflict || kind == ErrorKind::network || kind == ErrorKind::timeout ||
         kind == ErrorKind::throttled || kind == ErrorKind::remoteFault ||
         kind == ErrorKind::notFound;
}

Task<Result<ObjectInfo>> S3Objects::head(RelPath path, CancelToken cancel) {
  Task<Result<Look>> looking = look(std::move(path), std::move(cancel));
  Result<Look> seen = co_await looking;
  if (!seen) co_return seen.error();
  co_return std::move(seen->info);
}

Task<Result<S3Objects::Look>> S3Objects::look(RelPath path, CancelToken cancel) {
  S3Request request;
  request.method = "HEAD";
  request.key = keyOf(path);
  request.subject = path.text();
  Task<Result<HttpResponse>> sending = client_.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  Result<ObjectInfo> info = objectInfoOf(*answer, path.text());
  if (!info) co_return info.error();
  std::string_view id = answer->headers.find("x-amz-version-id").value_or("");
  co_return Look{std::move(*info), id == "null" ? "" : std::string(id),
                 std::string(answer->headers.find("Last-Modified").value_or(""))};
}

Task<Result<ObjectInfo>> S3Objects::stat(RelPath path, CancelToken cancel) {
  RetryState state;
  RetryLimits limits;
  limits.attempts = kLooksAtContradiction;
  while (true) {
    Task<Result<ObjectInfo>> looking = head(path, cancel);
    Result<ObjectInfo> info = co_await looking;
    if (info || info.error().kind != ErrorKind::notFound) co_return info;
    // The 404 of a HEAD has no body to tell a missing object from a missing bucket.
    PageRequest wanted{keyOf(path), "", 1, Depth::all};
    Task<Result<S3Page>> listing = listPage(client_, std::move(wanted), cancel);
    Result<S3Page> page = co_await listing;
    if (!page) co_return page.error();
    if (page->objects.empty() || page->objects.front().key != keyOf(path)) co_return info;
    // Another device has just made it, or has deleted it and the list is behind: a moment later
    // both say the same.
    ++state.failed;
    std::optional<Duration> delay =
        retryDelay(limits, state, Trouble::transient, std::nullopt, client_.random().next());
    if (!delay) break;
    bool slept = co_await client_.scheduler().sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", path.text(), 0};
  }
  co_return Error{ErrorKind::remoteFault,
                  "the S3 server lists the object and says that it is not there", path.text(), 0};
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
  Result<ObjectInfo> now = co_await looking;
  if (!isKnown(now)) co_return now.error();
  co_return holds(precondition, now) ? Status() : Status(changed(path));
}

Task<Status> S3Objects::mustStillBe(RelPath path, Look seen, CancelToken cancel) {
  Task<Result<Look>> looking = look(path, std::move(cancel));
  Result<Look> now = co_await looking;
  if (!now) co_return now.error();
  co_return now->sameState(seen) ? Status() : Status(changed(path));
}

Task<Result<ObjectInfo>> S3Objects::settle(RelPath path, WriteRequest request, Error failure,
                                           CancelToken cancel) {
  Task<Result<ObjectInfo>> looking = head(path, std::move(cancel));
  Result<ObjectInfo> now = co_await looking;
  if (!isKnown(now)) co_return now.error();
  if (now && now->nonce == request.nonce) co_return now;
  if (!holds(request.precondition, now)) co_return changed(path);
  co_return failure;
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
  std::unique_ptr<RepeatGuard> guard = guardWrite(
      *this, path, request,
      conditions.keeps(request.precondition) ? Server::keepsCondition : Server::ignoresCondition);
  call.guard = guard.get();
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
  Error failure = answer ? changed(path) : answer.error();
  Task<Result<ObjectInfo>> settling = settle(path, request, std::move(failure), cancel);
  Result<ObjectInfo> found = co_await settling;
  // Nobody asked for more than that it is written: it was, and somebody's newer one replaced it
  // (Swift then tells no ETag). Its version was never to be seen.
  bool superseded = answer && !found && found.error().kind == ErrorKind::conflict &&
                    request.precondition.kind == Precondition::Kind::none;
  if (superseded) co_return writtenInfo(request, "");
  co_return found;
}

}  // namespace cloudsync
