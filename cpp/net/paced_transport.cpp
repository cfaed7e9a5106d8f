#include "net/paced_transport.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "net/retry_policy.h"

namespace cloudsync {

namespace {

// "https://name:port": what has a queue of its own.
std::string originOf(const std::string& url) {
  std::size_t authority = url.find("://");
  if (authority == std::string::npos) return url;
  return url.substr(0, url.find_first_of("/?#", authority + 3));
}

HostPace::Answer answerIn(const Result<HttpResponse>& outcome) {
  if (!outcome) {
    bool silent = outcome.error().kind == ErrorKind::timeout;
    return silent ? HostPace::Answer::overloaded : HostPace::Answer::other;
  }
  if (outcome->status < 400) return HostPace::Answer::good;
  bool tooMany = troubleOf(outcome->status, {}) == Trouble::throttled;
  return tooMany ? HostPace::Answer::overloaded : HostPace::Answer::other;
}

}  // namespace

// `bool mine = co_await Turn(…)`: false when cancelled before.
class PacedTransport::Turn {
 public:
  Turn(PacedTransport& transport, Host& host, std::shared_ptr<Waiting> self, CancelToken cancel)
      : transport_(transport), host_(host), self_(std::move(self)), cancel_(std::move(cancel)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> coroutine) {
    Lane lane = Scheduler::currentLane();
    auto wakeup = std::make_shared<Wakeup>(transport_.scheduler_, coroutine, lane);
    self_->wakeup = wakeup;
    if (transport_.admit(host_, self_, lane)) return false;
    callback_.emplace(cancel_.stopToken(), Fire{wakeup});
    // From the arming on the coroutine may run on another thread: nothing of it is touched.
    return wakeup->arm();
  }
  bool await_resume() {
    callback_.reset();
    return transport_.entered(host_, self_);
  }

 private:
  struct Fire {
    std::shared_ptr<Wakeup> wakeup;
    void operator()() const { wakeup->fire(); }
  };

  PacedTransport& transport_;
  Host& host_;
  std::shared_ptr<Waiting> self_;
  CancelToken cancel_;
  std::optional<std::stop_callback<Fire>> callback_;
};

PacedTransport::Host& PacedTransport::hostOf(const std::string& url) {
  std::lock_guard lock(mutex_);
  return hosts_.try_emplace(originOf(url), limits_).first->second;
}

// True: at once.
bool PacedTransport::admit(Host& host, const std::shared_ptr<Waiting>& self, Lane lane) {
  std::lock_guard lock(mutex_);
  bool nobodyWaits = host.awaited.empty() && host.others.empty();
  if (nobodyWaits && host.pace.hasRoom()) {
    self->round = host.pace.begin();
    self->admitted = true;
    return true;
  }
  (lane == Lane::awaited ? host.awaited : host.others).push_back(self);
  return false;
}

// Whether its turn has come; who was cancelled before leaves the queue.
bool PacedTransport::entered(Host& host, const std::shared_ptr<Waiting>& self) {
  std::lock_guard lock(mutex_);
  if (self->admitted) return true;
  std::erase(host.awaited, self);
  std::erase(host.others, self);
  return false;
}

void PacedTransport::admitNext(Host& host, std::deque<std::shared_ptr<Waiting>>& admitted) {
  while (host.pace.hasRoom()) {
    std::deque<std::shared_ptr<Waiting>>& queue = host.awaited.empty() ? host.others : host.awaited;
    if (queue.empty()) return;
    queue.front()->round = host.pace.begin();
    queue.front()->admitted = true;
    admitted.push_back(std::move(queue.front()));
    queue.pop_front();
  }
}

void PacedTransport::leave(Host& host, HostPace::Round round, HostPace::Answer answer) {
  std::deque<std::shared_ptr<Waiting>> admitted;
  {
    std::lock_guard lock(mutex_);
    host.pace.ended(round, answer);
    admitNext(host, admitted);
  }
  for (const std::shared_ptr<Waiting>& next : admitted) next->wakeup->fire();
}

Task<Result<HttpResponse>> PacedTransport::perform(HttpRequest request, BodySource* upload,
                                                   BodySink* download, CancelToken cancel) {
  Host& host = hostOf(request.url);
  auto self = std::make_shared<Waiting>();
  Turn turn(*this, host, self, cancel);
  bool mine = co_await turn;
  if (!mine) co_return Error{ErrorKind::cancelled, "cancelled", {}, 0};
  Task<Result<HttpResponse>> sending =
      inner_.perform(std::move(request), upload, download, std::move(cancel));
  Result<HttpResponse> outcome = co_await sending;
  leave(host, self->round, answerIn(outcome));
  co_return outcome;
}

}  // namespace cloudsync
