#include "net/retrying_transport.h"

namespace cloudsync {

namespace {

// Remembers whether anything reached the sink.
class WatchedSink final : public BodySink {
 public:
  explicit WatchedSink(BodySink* sink) : sink_(sink) {}
  Status begin(const HttpResponse& head) override {
    used_ = true;
    return sink_->begin(head);
  }
  Status write(std::span<const std::uint8_t> bytes) override { return sink_->write(bytes); }
  Status take(Buffer& buffer, std::size_t size) override { return sink_->take(buffer, size); }
  bool used() const { return used_; }

 private:
  BodySink* sink_;
  bool used_ = false;
};

}  // namespace

Task<Result<HttpRequest>> AttemptHooks::prepare(HttpRequest request, CancelToken) {
  co_return request;
}

Task<bool> AttemptHooks::repair(Trouble, const HttpResponse&) { co_return false; }

Task<bool> AttemptHooks::mayRepeat(Trouble, CancelToken) { co_return true; }

std::string AttemptHooks::codeOf(const HttpResponse&) const { return {}; }

Trouble RetryingTransport::troubleIn(const Result<HttpResponse>& outcome) const {
  if (!outcome) return troubleOf(outcome.error());
  if (outcome->status < 400) return Trouble::final;
  return troubleOf(outcome->status, hooks_.codeOf(*outcome));
}

Task<std::optional<Duration>> RetryingTransport::judge(const Result<HttpResponse>& outcome,
                                                       Trouble trouble, RetryState& state) {
  ++state.failed;
  if (!outcome) co_return retryDelay(limits_, state, trouble, std::nullopt, random_.next());
  const HttpResponse& answer = *outcome;
  std::optional<Duration> retryAfter;
  if (std::optional<std::string_view> value = answer.headers.find("Retry-After")) {
    retryAfter = parseRetryAfter(*value, scheduler_.clock().wallTime());
  }
  std::optional<Duration> delay = retryDelay(limits_, state, trouble, retryAfter, random_.next());
  bool needsRepair = trouble == Trouble::clockSkew || trouble == Trouble::credentials;
  if (!delay || !needsRepair) co_return delay;
  (trouble == Trouble::clockSkew ? state.clockCorrected : state.credentialsRenewed) = true;
  Task<bool> repairing = hooks_.repair(trouble, answer);
  bool repaired = co_await repairing;
  co_return repaired ? delay : std::nullopt;
}

Task<Result<HttpResponse>> RetryingTransport::perform(HttpRequest request, BodySource* upload,
                                                      BodySink* download, CancelToken cancel) {
  WatchedSink watched(download);
  BodySink* sink = download ? &watched : nullptr;
  RetryState state;
  while (true) {
    Task<Result<HttpRequest>> preparing = hooks_.prepare(request, cancel);
    Result<HttpRequest> attempt = co_await preparing;
    if (!attempt) co_return attempt.error();
    Task<Result<HttpResponse>> sending = inner_.perform(std::move(*attempt), upload, sink, cancel);
    Result<HttpResponse> outcome = co_await sending;
    const Trouble trouble = troubleIn(outcome);
    Task<std::optional<Duration>> judging = judge(outcome, trouble, state);
    std::optional<Duration> delay = co_await judging;
    if (!delay || watched.used()) co_return outcome;
    bool slept = co_await scheduler_.sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", {}, 0};
    Task<bool> asking = hooks_.mayRepeat(trouble, cancel);
    bool sensible = co_await asking;
    if (!sensible) co_return outcome;
  }
}

}  // namespace cloudsync
