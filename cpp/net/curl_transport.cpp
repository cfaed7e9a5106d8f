#include "net/curl_transport.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>
#include <utility>

#include "net/curl_reactor.h"
#include "net/url.h"

namespace cloudsync {

namespace {

// The largest block that curl hands to a callback must fit, and a second piece must exist.
PieceLimits usable(PieceLimits limits) {
  limits.bytes = std::clamp<std::size_t>(limits.bytes, CURL_MAX_WRITE_SIZE, Buffer::kBytes);
  limits.count = std::max<std::size_t>(limits.count, 2);
  return limits;
}

// Who waits for his share of the bandwidth notices this soon that it has changed.
constexpr Duration kLookAgain = std::chrono::milliseconds(200);

struct RelayCancel {
  std::shared_ptr<Exchange> exchange;
  void operator()() const { exchange->cancel(); }
};

// One exchange under way, seen from the coroutine. However the coroutine leaves, the network
// thread is told.
class Conversation {
 public:
  Conversation(CurlReactor& reactor, std::shared_ptr<Exchange> exchange, BodySource* upload,
               BodySink* download, ByteCount bodyLimit, std::string subject)
      : reactor_(reactor),
        exchange_(std::move(exchange)),
        upload_(upload),
        download_(download),
        bodyLimit_(bodyLimit),
        subject_(std::move(subject)) {}
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() {
    if (!ended_) reactor_.drop(std::move(exchange_));
  }

  // Does what the step asks for. A value: this was the last one.
  std::optional<Result<HttpResponse>> take(Exchange::Step step);

 private:
  std::optional<Result<HttpResponse>> begin(const HttpResponse& head);
  std::optional<Result<HttpResponse>> receive(Piece piece);
  std::optional<Result<HttpResponse>> send(Piece piece, ByteCount offset);
  std::optional<Result<HttpResponse>> keep(std::span<const std::uint8_t> bytes);
  Result<HttpResponse> end(Result<HttpResponse> outcome);
  Error cancelled() const { return Error{ErrorKind::cancelled, "cancelled", subject_}; }

  CurlReactor& reactor_;
  std::shared_ptr<Exchange> exchange_;
  BodySource* upload_;
  BodySink* download_;
  const ByteCount bodyLimit_;
  const std::string subject_;
  HttpResponse head_;  // once a body has begun
  bool ended_ = false;
  std::string body_;
  ByteCount bodyBytes_ = 0;
};

std::optional<Result<HttpResponse>> Conversation::take(Exchange::Step step) {
  switch (step.kind) {
    case Exchange::Step::Kind::head:
      return begin(step.head);
    case Exchange::Step::Kind::received:
      return receive(std::move(step.piece));
    case Exchange::Step::Kind::needBytes:
      return send(std::move(step.piece), step.offset);
    case Exchange::Step::Kind::ended:
      return end(std::move(*step.outcome));
    case Exchange::Step::Kind::cancelled:
      return cancelled();
  }
  return Error{ErrorKind::internal, "a step without a meaning", subject_};
}

std::optional<Result<HttpResponse>> Conversation::begin(const HttpResponse& head) {
  head_ = head;
  if (!head_.succeeded() || !download_) return std::nullopt;
  Status begun = download_->begin(head_);
  if (!begun) return begun.error();
  return std::nullopt;
}

std::optional<Result<HttpResponse>> Conversation::receive(Piece piece) {
  bodyBytes_ += piece.size;
  std::optional<Result<HttpResponse>> last;
  if (head_.succeeded() && download_) {
    Status written = download_->take(piece.buffer, piece.size);
    if (!written) last = written.error();
  } else {
    last = keep(piece.bytes());
  }
  if (exchange_->giveBack(std::move(piece)) == Exchange::Resume::yes) reactor_.resume(exchange_);
  return last;
}

std::optional<Result<HttpResponse>> Conversation::keep(std::span<const std::uint8_t> bytes) {
  ByteCount room = bodyLimit_ - body_.size();
  auto part = static_cast<std::size_t>(std::min<ByteCount>(room, bytes.size()));
  body_.append(reinterpret_cast<const char*>(bytes.data()), part);
  if (part == bytes.size()) return std::nullopt;
  if (head_.succeeded()) {
    return Error{ErrorKind::remoteFault, "the answer is larger than allowed", subject_};
  }
  // The explanation of a failure is worth reading even when it is cut; the rest is not waited for.
  head_.body = std::move(body_);
  head_.bodyBytes = bodyBytes_;
  return std::move(head_);
}

std::optional<Result<HttpResponse>> Conversation::send(Piece piece, ByteCount offset) {
  Status read = upload_->readAt(offset, {piece.buffer.data(), piece.size});
  if (!read) return read.error();
  if (exchange_->giveBytes(std::move(piece), offset) == Exchange::Resume::yes) {
    reactor_.resume(exchange_);
  }
  return std::nullopt;
}

Result<HttpResponse> Conversation::end(Result<HttpResponse> outcome) {
  ended_ = true;
  if (!outcome) return outcome;
  // An empty body never announced itself: the sink hears of the answer now.
  if (head_.status == 0 && outcome->succeeded() && download_) {
    Status begun = download_->begin(*outcome);
    if (!begun) return begun.error();
  }
  outcome->body = std::move(body_);
  outcome->bodyBytes = bodyBytes_;
  return outcome;
}

}  // namespace

class CurlTransport::Call {
 public:
  explicit Call(CurlTransport& owner) : owner_(owner) {
    std::lock_guard lock(owner_.mutex_);
    ++owner_.calls_;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    // Notified under the lock: once it is free, the owner may be gone.
    std::lock_guard lock(owner_.mutex_);
    --owner_.calls_;
    owner_.callEnded_.notify_all();
  }

 private:
  CurlTransport& owner_;
};

CurlTransport::CurlTransport(Scheduler& scheduler, Options options)
    : scheduler_(scheduler),
      pieces_(usable(options.pieces)),
      buffers_(options.bufferBytes),
      reactor_(std::make_unique<CurlReactor>(scheduler.clock(), std::move(options.environment),
                                             std::max<std::size_t>(options.mostActive, 1))) {}

CurlTransport::~CurlTransport() {
  reactor_->close();
  std::unique_lock lock(mutex_);
  callEnded_.wait(lock, [this] { return calls_ == 0; });
}

Task<Result<HttpResponse>> CurlTransport::perform(HttpRequest request, BodySource* upload,
                                                  BodySink* download, CancelToken cancel) {
  Call call(*this);
  Status valid = validate(request);
  if (!valid) co_return valid.error();

  std::optional<ByteCount> uploadSize;
  if (upload) uploadSize = upload->size();
  auto exchange = std::make_shared<Exchange>(scheduler_, uploadSize, pieces_, buffers_);
  Conversation conversation(*reactor_, exchange, upload, download, request.limits.body,
                            redactUrl(request.url));
  // Calls back at once when the token is cancelled already.
  std::stop_callback<RelayCancel> relay(cancel.stopToken(), RelayCancel{exchange});
  reactor_->submit(Order{std::move(request), uploadSize, exchange});
  while (true) {
    Exchange::Step step = co_await exchange->next();
    Bandwidth& line = step.kind == Exchange::Step::Kind::needBytes ? up_ : down_;
    const ByteCount bytes = step.piece.size;
    std::optional<Result<HttpResponse>> last = conversation.take(std::move(step));
    if (last) co_return std::move(*last);
    if (bytes == 0) continue;
    // Meanwhile the network fills what room there is, and stops: no socket is read faster.
    line.spend(bytes, scheduler_.clock().steadyTime());
    while (true) {
      Duration owed = line.owed(scheduler_.clock().steadyTime());
      if (owed == Duration::zero()) break;
      bool slept = co_await scheduler_.sleep(std::min(owed, kLookAgain), cancel);
      if (!slept) break;
    }
  }
}

}  // namespace cloudsync
