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
  bool used() const { return used_; }

 private:
  BodySink* sink_;
  bool used_ = false;
};

}  // namespace

std::optional<Duration> RetryingTransport::judge(const Result<HttpResponse>& outcome,
                                                 RetryState& state) const {
  ++state.failed;
  if (!outcome) {
    return retryDelay(limits_, state, troubleOf(outcome.error()), std::nullopt, random_.next());
  }
  const HttpResponse& answer = *outcome;
  if (answer.status < 400) return std::nullopt;
  Trouble trouble = troubleOf(answer.status, hooks_.codeOf ? hooks_.codeOf(answer) : "");
  std::optional<Duration> retryAfter;
  if (std::optional<std::string_view> value = answer.headers.find("Retry-After")) {
    retryAfter = parseRetryAfter(*value, scheduler_.clock().wallTime());
  }
  std::optional<Duration> delay = retryDelay(limits_, state, trouble, retryAfter, random_.next());
  bool needsRepair = trouble == Trouble::clockSkew || trouble == Trouble::credentials;
  if (!delay || !needsRepair) return delay;
  (trouble == Trouble::clockSkew ? state.clockCorrected : state.credentialsRenewed) = true;
  if (!hooks_.repair || !hooks_.repair(trouble, answer)) return std::nullopt;
  return delay;
}

Task<Result<HttpResponse>> RetryingTransport::perform(HttpRequest request, BodySource* upload,
                                                      BodySink* download, CancelToken cancel) {
  WatchedSink watched(download);
  BodySink* sink = download ? &watched : nullptr;
  RetryState state;
  while (true) {
    HttpRequest attempt = request;
    if (hooks_.prepare) {
      Result<HttpRequest> prepared = hooks_.prepare(request);
      if (!prepared) co_return prepared.error();
      attempt = std::move(*prepared);
    }
    Task<Result<HttpResponse>> sending = inner_.perform(std::move(attempt), upload, sink, cancel);
    Result<HttpResponse> outcome = co_await sending;
    std::optional<Duration> delay = judge(outcome, state);
    if (!delay || watched.used()) co_return outcome;
    bool slept = co_await scheduler_.sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", {}};
  }
}

}  // namespace cloudsync
