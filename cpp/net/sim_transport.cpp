#include "net/sim_transport.h"

#include <algorithm>
#include <utility>

#include "net/url.h"

namespace cloudsync {

namespace {

Error failure(ErrorKind kind, std::string_view words, const HttpRequest& request) {
  return Error{kind, std::string(words), redactUrl(request.url)};
}

Error cancelled(const HttpRequest& request) {
  return failure(ErrorKind::cancelled, "cancelled", request);
}

HttpResponse unavailable() {
  HttpResponse answer;
  answer.status = 503;
  answer.headers.add("Retry-After", "1");
  answer.body = "<Error><Code>SlowDown</Code></Error>";
  return answer;
}

// The whole upload, read as curl would: from the start, in pieces, until somebody cancels.
Result<std::string> readAll(BodySource* upload, std::size_t pieceBytes, const CancelToken& cancel) {
  std::string body(upload ? static_cast<std::size_t>(upload->size()) : 0, '\0');
  for (std::size_t offset = 0; offset < body.size(); offset += pieceBytes) {
    if (cancel.cancelled()) return Error{ErrorKind::cancelled, "cancelled", {}, 0};
    std::size_t part = std::min(pieceBytes, body.size() - offset);
    Status read =
        upload->readAt(offset, {reinterpret_cast<std::uint8_t*>(body.data()) + offset, part});
    if (!read) return read.error();
  }
  return body;
}

}  // namespace

SimTransport::SimTransport(Scheduler& scheduler, std::uint64_t seed, Handler handler,
                           Options options)
    : scheduler_(scheduler), random_(seed), handler_(std::move(handler)), options_(options) {}

SimFault SimTransport::nextFault() {
  if (!script_.empty()) {
    SimFault fault = script_.front();
    script_.pop_front();
    return fault;
  }
  if (random_.next() % 1000 >= options_.faultsPerThousand) return {};
  constexpr std::uint64_t kKinds = static_cast<std::uint64_t>(SimFault::Kind::unavailable);
  auto kind = static_cast<SimFault::Kind>(1 + random_.next() % kKinds);
  // Short cuts and long ones alike: most bodies are short.
  ByteCount bytes = random_.next() % (ByteCount{1} << (random_.next() % 24));
  return {kind, bytes};
}

Duration SimTransport::latency() {
  auto spread = static_cast<std::uint64_t>((options_.mostLatency - options_.leastLatency).count());
  std::uint64_t extra = spread == 0 ? 0 : random_.next() % (spread + 1);
  return options_.leastLatency + Duration(static_cast<Duration::rep>(extra));
}

Task<Result<HttpResponse>> SimTransport::perform(HttpRequest request, BodySource* upload,
                                                 BodySink* download, CancelToken cancel) {
  Status valid = validate(request);
  if (!valid) co_return valid.error();
  SimFault fault = nextFault();
  if (fault.kind != SimFault::Kind::none) ++faults_;

  bool sent = co_await scheduler_.sleep(latency(), cancel);
  if (!sent) co_return cancelled(request);
  if (fault.kind == SimFault::Kind::refuse) {
    co_return failure(ErrorKind::network, "the server cannot be reached", request);
  }
  Result<std::string> body = readAll(upload, options_.pieceBytes, cancel);
  if (!body) co_return body.error();
  HttpResponse answer;
  if (fault.kind == SimFault::Kind::unavailable) {
    answer = unavailable();
  } else {
    ++requests_;
    answer = handler_(request, *body);
  }
  Task<Result<HttpResponse>> delivery =
      deliver(std::move(request), std::move(answer), fault, download, cancel);
  Result<HttpResponse> outcome = co_await delivery;
  co_return outcome;
}

Task<Result<HttpResponse>> SimTransport::deliver(HttpRequest request, HttpResponse answer,
                                                 SimFault fault, BodySink* download,
                                                 CancelToken cancel) {
  Duration stall = std::min(
      request.timeouts.stall > Duration::zero() ? request.timeouts.stall : Duration::max(),
      request.timeouts.total > Duration::zero() ? request.timeouts.total : Duration::max());
  bool silent = fault.kind == SimFault::Kind::stall && stall != Duration::max();
  Duration pause = silent ? stall : latency();
  bool arrived = co_await scheduler_.sleep(pause, cancel);
  if (!arrived) co_return cancelled(request);
  if (silent) co_return failure(ErrorKind::timeout, "no answer in time", request);
  if (fault.kind == SimFault::Kind::loseAnswer || fault.kind == SimFault::Kind::stall) {
    co_return failure(ErrorKind::network, "the connection broke", request);
  }
  std::string body = std::exchange(answer.body, {});
  if (request.method == "HEAD") body.clear();
  std::size_t whole = body.size();
  bool cut = fault.kind == SimFault::Kind::cutBody && fault.bytes < whole;
  if (cut) body.resize(static_cast<std::size_t>(fault.bytes));
  answer.bodyBytes = body.size();
  if (answer.succeeded() && download) {
    Status begun = download->begin(answer);
    if (!begun) co_return begun.error();
    for (std::size_t offset = 0; offset < body.size(); offset += options_.pieceBytes) {
      bool going = co_await scheduler_.sleep(Duration::zero(), cancel);  // others run in between
      if (!going) co_return cancelled(request);
      std::size_t part = std::min(options_.pieceBytes, body.size() - offset);
      Status written =
          download->write({reinterpret_cast<const std::uint8_t*>(body.data()) + offset, part});
      if (!written) co_return written.error();
    }
  } else if (body.size() > request.limits.body && answer.succeeded()) {
    co_return failure(ErrorKind::remoteFault, "the answer is larger than allowed", request);
  } else {
    body.resize(std::min<std::size_t>(body.size(), request.limits.body));
    answer.body = std::move(body);
  }
  if (cut) co_return failure(ErrorKind::network, "the connection broke", request);
  co_return answer;
}

}  // namespace cloudsync
