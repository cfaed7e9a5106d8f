#include "service/continuous.h"

#include <algorithm>
#include <utility>

#include "sync/outcome.h"

namespace cloudsync {

namespace {

constexpr auto kFirstDelay = std::chrono::seconds(5);
constexpr auto kLongestDelay = std::chrono::minutes(5);
constexpr auto kIdle = std::chrono::hours(1);
constexpr int kMostRetries = 6;  // then the next full run tries again
// Of what changed: beyond it, whole directories are looked at.
constexpr std::size_t kMostParts = 16'384;

// PURE. After so many failures in a row.
Duration delayAfter(int failures) {
  Duration delay = kFirstDelay;
  for (int each = 1; each < failures && delay < kLongestDelay; ++each) delay *= 2;
  return std::min<Duration>(delay, kLongestDelay);
}

}  // namespace

Continuous::Continuous(Needs needs, Options options)
    : needs_(std::move(needs)), options_(options), dirty_(options_.dirty) {}

// The watcher's thread calls in here: it ends before anything else goes.
Continuous::~Continuous() {
  std::unique_ptr<Watcher> watcher;
  {
    std::lock_guard lock(mutex_);
    watcher = std::move(watcher_);
  }
  watcher.reset();
}

void Continuous::begin() {
  {
    std::lock_guard lock(mutex_);
    if (!obstacle_) busy_.emplace(needs_.activity.begin());
  }
  spawn(needs_.scheduler, Lane::background, serve(), [](std::exception_ptr) {});
}

void Continuous::pause() {
  std::lock_guard lock(mutex_);
  paused_ = true;
  busy_.reset();
}

// Whoever resumes it starts a full run: what was hinted at before is in that.
void Continuous::resume() {
  {
    std::lock_guard lock(mutex_);
    if (!std::exchange(paused_, false)) return;
    dirty_.clear();
    retry_ = KeySet();
    notBefore_ = now();
    fullRunAt_ = now() + options_.fullRunEvery;
  }
  wake();
}

void Continuous::setObstacle(std::optional<Error> obstacle) {
  bool isNew = false;
  {
    std::lock_guard lock(mutex_);
    isNew = obstacle && !obstacle_;
    obstacle_ = obstacle;
    const bool waiting = !dirty_.empty() || (fullRunAt_ && now() >= *fullRunAt_);
    if (obstacle_) busy_.reset();
    if (!obstacle_ && !busy_ && !paused_ && waiting) busy_.emplace(needs_.activity.begin());
  }
  if (isNew) {
    needs_.followed.noticed(Notice{needs_.spaceName, "", obstacle->kind,
                                   obstacle->message + ": what changes waits until that is over"});
  }
  wake();
}

void Continuous::cancel() {
  closing_.cancel();
  {
    std::lock_guard lock(mutex_);
    if (watcher_) watcher_->close();
    busy_.reset();
  }
  wake();
}

void Continuous::hint(std::string_view key) {
  if (closing_.cancelled()) return;
  {
    std::lock_guard lock(mutex_);
    const bool first = key.empty() && !std::exchange(listening_, true);
    const bool wasEmpty = dirty_.empty();
    if (first) {
      fullRunAt_ = now();
    } else {
      dirty_.add(key, now());
    }
    if (!busy_ && !paused_ && !obstacle_) busy_.emplace(needs_.activity.begin());
    if (!first && !wasEmpty) return;  // awake in time for those before it
  }
  wake();
}

void Continuous::warn(std::string message) {
  needs_.followed.noticed(Notice{needs_.spaceName, "", ErrorKind::limit, std::move(message)});
}

void Continuous::wake() {
  std::shared_ptr<CancelSource> nap;
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
    nap = nap_;
  }
  if (nap) nap->cancel();
}

Task<void> Continuous::rest(SteadyTime until) {
  auto nap = std::make_shared<CancelSource>();
  {
    std::lock_guard lock(mutex_);
    if (woken_) co_return;
    nap_ = nap;
  }
  co_await needs_.scheduler.sleep(until - now(), nap->token());
  std::lock_guard lock(mutex_);
  nap_ = nullptr;
}

Task<void> Continuous::serve() {
  openWatcher();
  while (!closing_.cancelled()) {
    Work work = next();
    if (work.reason == Reason::none) {
      co_await rest(work.wait);
      continue;
    }
    if (work.reason == Reason::fullRun) openWatcher();
    co_await carryOut(std::move(work));
  }
}

// Also again: a root that was not there may be there now.
void Continuous::openWatcher() {
  {
    std::lock_guard lock(mutex_);
    if (watcher_) {
      watcher_->refresh();
      return;
    }
  }
  Result<std::unique_ptr<Watcher>> opened = needs_.open(*this);
  std::optional<Error> problem;
  {
    std::lock_guard lock(mutex_);
    if (opened.ok()) {
      watcher_ = std::move(*opened);
      if (closing_.cancelled()) watcher_->close();
      return;
    }
    // A run at once, which says what is wrong with the root.
    if (!fullRunAt_) fullRunAt_ = now();
    if (!std::exchange(toldWhyNot_, true)) problem = opened.error();
  }
  if (!problem) return;
  needs_.followed.noticed(Notice{needs_.spaceName, "", problem->kind,
                                 "changes cannot be watched: " + problem->message +
                                     "; the space is looked at as a whole now and then"});
}

Continuous::Work Continuous::next() {
  std::lock_guard lock(mutex_);
  woken_ = false;
  const SteadyTime time = now();
  Work work;
  work.wait = time + kIdle;
  if (paused_ || obstacle_) return work;
  if (time < notBefore_) {
    busy_.reset();  // nobody waits for a remote that is away
    work.wait = notBefore_;
    return work;
  }
  if (fullRunAt_ && time >= *fullRunAt_) {
    fullRunAt_.reset();
    return {Reason::fullRun, KeySet::everything(), {}};
  }
  if (!retry_.empty() && time >= retryAt_) {
    return {Reason::retry, std::exchange(retry_, KeySet()), {}};
  }
  KeySet rested = dirty_.takeRested(time);
  if (!rested.empty()) return {Reason::hints, std::move(rested), {}};
  if (fullRunAt_) work.wait = std::min(work.wait, *fullRunAt_);
  if (!retry_.empty()) work.wait = std::min(work.wait, retryAt_);
  if (auto nextRest = dirty_.nextRest()) work.wait = std::min(work.wait, *nextRest);
  return work;
}

Task<void> Continuous::carryOut(Work work) {
  KeySet keys = work.keys;
  if (work.reason != Reason::fullRun) {
    co_await needs_.followed.whenFree();
    Result<KeySet> changed =
        co_await needs_.followed.changedHere(keys, kMostParts, closing_.token());
    // What cannot be looked at: the run says why.
    if (changed.ok()) keys = std::move(*changed);
  }
  if (!keys.empty() && !closing_.cancelled()) {
    Session::Outcome outcome = co_await needs_.followed.follow(keys);
    work.keys = std::move(keys);
    settle(work, outcome);
  }
  finished();
}

void Continuous::settle(const Work& work, const Session::Outcome& outcome) {
  std::lock_guard lock(mutex_);
  const SteadyTime time = now();
  const bool failed = outcome.state != SyncState::completed && outcome.state != SyncState::stopped;
  const ErrorKind cause = outcome.cause ? outcome.cause->kind : ErrorKind::internal;
  const bool away = failed && endsRun(cause);
  if (away) {
    notBefore_ = time + delayAfter(++outages_);
  } else if (!failed) {
    outages_ = 0;
  }
  if (work.reason == Reason::fullRun) {
    fullRunAt_ = away ? notBefore_ : time + options_.fullRunEvery;
    return;
  }
  if (!failed && work.reason == Reason::retry) retries_ = 0;
  // What a person has to release is not asked about again and again.
  if (!failed || cause == ErrorKind::halted) return;
  if (work.reason == Reason::retry && !away && ++retries_ >= kMostRetries) {
    retries_ = 0;
    return;
  }
  retry_.join(work.keys);
  retry_.coarsen(kMostParts);
  retryAt_ = away ? notBefore_ : time + delayAfter(retries_ + 1);
}

void Continuous::finished() {
  std::lock_guard lock(mutex_);
  const bool due = fullRunAt_ && now() >= *fullRunAt_;
  if (dirty_.empty() && !due) busy_.reset();
}

}  // namespace cloudsync
