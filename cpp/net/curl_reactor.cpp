#include "net/curl_reactor.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "net/curl_errors.h"

namespace cloudsync {

namespace {

std::once_flag curlReady;  // constant-initialised

// libcurl's own global state is set up once and left alone: others in the process may use it too.
CurlMulti makeMulti(std::size_t mostActive) {
  std::call_once(curlReady, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  CurlMulti multi(curl_multi_init());
  if (!multi) throw std::runtime_error("libcurl cannot be initialised");
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(mostActive));
  // With HTTP/2, too, each request has its connection. On a shared one curl reads on for others and
  // keeps what comes for those that are paused, in memory that nobody counts; and the handle of a
  // request that left others behind may keep a buffer, with which curl refuses to set it up anew.
  curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  return multi;
}

// OpenSSL writes with write(2): a peer that went away would raise SIGPIPE in the network thread.
// No other signal has any business there either.
void blockSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

constexpr Duration kLongestBetweenChecks = std::chrono::seconds(1);
constexpr Duration kShortestBetweenChecks = std::chrono::milliseconds(10);
constexpr std::size_t kMostSpare = 32;
constexpr Duration kSparesStay = std::chrono::seconds(1);
constexpr int kSparePollMilliseconds = 1'000;
constexpr int kIdlePollMilliseconds = 60'000;

Error closing() { return Error{ErrorKind::unavailable, "the network layer is closing", {}}; }

}  // namespace

CurlReactor::CurlReactor(Clock& clock, NetworkEnvironment environment, std::size_t mostActive)
    : clock_(clock),
      environment_(std::move(environment)),
      mostActive_(mostActive),
      multi_(makeMulti(mostActive)),
      stallCheckEvery_(kLongestBetweenChecks),
      thread_([this] { run(); }) {}

CurlReactor::~CurlReactor() { close(); }

void CurlReactor::close() {
  if (!thread_.joinable()) return;
  post([](Inbox& inbox) { inbox.closing = true; });
  thread_.join();
}

template <class Change>
void CurlReactor::post(Change change) {
  {
    auto inbox = inbox_.lock();
    change(*inbox);
    if (std::exchange(inbox->woken, true)) return;
  }
  curl_multi_wakeup(multi_.get());
}

void CurlReactor::submit(Order order) {
  std::shared_ptr<Exchange> exchange = order.exchange;
  bool refused = false;
  post([&order, &refused](Inbox& inbox) {
    refused = inbox.closing;
    if (!refused) inbox.orders.push_back(std::move(order));
  });
  if (refused) exchange->ended(closing());
}

void CurlReactor::resume(std::shared_ptr<Exchange> exchange) {
  post([&exchange](Inbox& inbox) { inbox.resumed.push_back(std::move(exchange)); });
}

void CurlReactor::drop(std::shared_ptr<Exchange> exchange) {
  post([&exchange](Inbox& inbox) { inbox.dropped.push_back(std::move(exchange)); });
}

void CurlReactor::run() {
  pthread_setname_np(pthread_self(), "cs-network");
  blockSignals();
  while (takeInbox()) {
    startWaiting();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    collectFinished();
    endStalled();
    // What just ended has made room for one that waits.
    if (!waiting_.empty() && active_.size() < mostActive_) continue;
    dropSpares();
    curl_multi_poll(multi_.get(), nullptr, 0, pollMilliseconds(), nullptr);
  }
  endEverything();
}

bool CurlReactor::takeInbox() {
  Inbox taken;
  {
    auto inbox = inbox_.lock();
    std::swap(taken, *inbox);
    inbox->closing = taken.closing;
  }
  for (Order& order : taken.orders) waiting_.push_back(std::move(order));
  for (const std::shared_ptr<Exchange>& exchange : taken.resumed) {
    auto found = active_.find(exchange.get());
    // May call back into the transfer at once, with the bytes that curl kept meanwhile.
    if (found != active_.end()) curl_easy_pause(found->second->easy(), CURLPAUSE_CONT);
  }
  for (const std::shared_ptr<Exchange>& exchange : taken.dropped) dropNow(*exchange);
  return !taken.closing;
}

void CurlReactor::dropNow(const Exchange& exchange) {
  auto found = active_.find(const_cast<Exchange*>(&exchange));
  if (found != active_.end()) {
    remove(found);
    return;
  }
  std::erase_if(waiting_, [&exchange](const Order& o) { return o.exchange.get() == &exchange; });
}

void CurlReactor::startWaiting() {
  while (!waiting_.empty() && active_.size() < mostActive_) {
    Order order = std::move(waiting_.front());
    waiting_.pop_front();
    start(std::move(order));
  }
}

void CurlReactor::start(Order order) {
  std::shared_ptr<Exchange> exchange = order.exchange;
  if (exchange->cancelled()) return;
  Duration stall = order.request.timeouts.stall;
  Result<std::unique_ptr<CurlTransfer>> made =
      CurlTransfer::make(std::move(order), takeSpare(), environment_);
  if (!made) {
    exchange->ended(made.error());
    return;
  }
  std::unique_ptr<CurlTransfer> transfer = std::move(*made);
  if (curl_multi_add_handle(multi_.get(), transfer->easy()) != CURLM_OK) {
    transfer->fail(Error{ErrorKind::internal, "libcurl refuses the request", {}});
    return;
  }
  if (stall > Duration::zero()) {
    // A quarter of the shortest stall timeout, within reason: late by that much at most.
    stallCheckEvery_ = std::clamp(std::min<Duration>(stallCheckEvery_, stall / 4),
                                  kShortestBetweenChecks, kLongestBetweenChecks);
    nextStallCheck_ = std::min(nextStallCheck_, clock_.steadyTime() + stallCheckEvery_);
  }
  active_.emplace(exchange.get(), std::move(transfer));
}

void CurlReactor::collectFinished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result;
    CurlTransfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->finish(code);
    remove(active_.find(&transfer->exchange()), code == CURLE_OK ? Handle::good : Handle::spoilt);
  }
}

void CurlReactor::endStalled() {
  if (active_.empty()) {
    stallCheckEvery_ = kLongestBetweenChecks;
    return;
  }
  SteadyTime now = clock_.steadyTime();
  if (now < nextStallCheck_) return;
  nextStallCheck_ = now + stallCheckEvery_;
  for (auto transfer = active_.begin(); transfer != active_.end();) {
    if (!transfer->second->stalled(now)) {
      ++transfer;
      continue;
    }
    transfer->second->fail(
        fromCurl(CURLE_OPERATION_TIMEDOUT, "the transfer stalled", transfer->second->url()));
    transfer = remove(transfer);
  }
}

CurlEasy CurlReactor::takeSpare() {
  if (spare_.empty()) return nullptr;
  CurlEasy spare = std::move(spare_.back());
  spare_.pop_back();
  return spare;
}

// Small files come and go in bursts: handles are dropped after a pause only.
void CurlReactor::dropSpares() {
  SteadyTime now = clock_.steadyTime();
  if (!active_.empty()) {
    lastActive_ = now;
  } else if (now - lastActive_ >= kSparesStay) {
    spare_.clear();
  }
}

CurlReactor::Transfers::iterator CurlReactor::remove(Transfers::iterator transfer, Handle handle) {
  CURL* easy = transfer->second->easy();
  // Whoever leaves in the middle takes the connection along. With HTTP/2 curl would keep it, and a
  // request that was given up because nothing came would be sent again into the same silence.
  if (handle == Handle::spoilt) curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_multi_remove_handle(multi_.get(), easy);
  if (handle == Handle::good && spare_.size() < kMostSpare) {
    spare_.push_back(transfer->second->takeHandle());
  }
  return active_.erase(transfer);
}

void CurlReactor::endEverything() {
  for (const Order& order : waiting_) order.exchange->ended(closing());
  waiting_.clear();
  for (auto transfer = active_.begin(); transfer != active_.end(); transfer = remove(transfer)) {
    transfer->second->fail(closing());
  }
}

int CurlReactor::pollMilliseconds() const {
  if (active_.empty()) return spare_.empty() ? kIdlePollMilliseconds : kSparePollMilliseconds;
  Duration left = nextStallCheck_ - clock_.steadyTime();
  auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, kIdlePollMilliseconds));
}

}  // namespace cloudsync
