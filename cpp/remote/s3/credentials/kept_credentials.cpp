#include "remote/s3/credentials/kept_credentials.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace cloudsync {

namespace {

Error cancelled() { return Error{ErrorKind::cancelled, "cancelled", {}}; }

}  // namespace

bool KeptCredentials::isGood() const {
  if (!kept_ || toBeRenewed_) return false;
  if (!renewAt_ || clock_.wallTime() < *renewAt_) return true;
  return clock_.steadyTime() < restUntil_;
}

Task<Result<S3Credentials>> KeptCredentials::get(CancelToken cancel) {
  while (!cancel.cancelled()) {
    std::shared_ptr<Fetch> fetch;
    bool leads = false;
    {
      std::lock_guard lock(mutex_);
      if (isGood()) co_return kept_->credentials;
      leads = !fetch_;
      if (leads) fetch_ = std::make_shared<Fetch>(scheduler_);
      fetch = fetch_;
    }
    if (leads) {
      Task<Result<S3Credentials>> leading = lead(fetch, cancel);
      Result<S3Credentials> outcome = co_await leading;
      co_return outcome;
    }
    bool ended = co_await fetch->ended.wait(cancel);
    if (!ended) break;
    // Who led may have been told to stop; that is nothing to the others.
    if (*fetch->outcome || fetch->outcome->error().kind != ErrorKind::cancelled) {
      co_return *fetch->outcome;
    }
  }
  co_return cancelled();
}

Task<Result<S3Credentials>> KeptCredentials::lead(std::shared_ptr<Fetch> fetch,
                                                  CancelToken cancel) {
  Result<Found> asked = Error{ErrorKind::internal, "looking for credentials broke off", {}};
  std::exception_ptr failure;
  try {
    Task<Result<Found>> asking = ask(std::move(cancel));
    asked = co_await asking;
  } catch (...) {
    failure = std::current_exception();  // the others must hear of the end all the same
  }
  Result<S3Credentials> outcome = settle(*fetch, asked);
  if (failure) std::rethrow_exception(failure);
  co_return outcome;
}

Task<Result<KeptCredentials::Found>> KeptCredentials::ask(CancelToken cancel) {
  for (const std::unique_ptr<CredentialProvider>& provider : providers_) {
    Task<Result<std::optional<S3Credentials>>> fetching = provider->fetch(cancel);
    Result<std::optional<S3Credentials>> fetched = co_await fetching;
    if (!fetched) co_return fetched.error();
    if (*fetched) co_return Found{std::move(**fetched), provider->renews()};
  }
  co_return none();
}

Result<S3Credentials> KeptCredentials::settle(Fetch& fetch, const Result<Found>& asked) {
  Result<S3Credentials> outcome = cancelled();
  {
    std::lock_guard lock(mutex_);
    Nanoseconds now = clock_.wallTime();
    bool stopped = !asked && asked.error().kind == ErrorKind::cancelled;
    if (!stopped) {
      restUntil_ = clock_.steadyTime() + kRest;
      toBeRenewed_ = false;
    }
    if (asked) {
      kept_ = *asked;
      renewAt_ = kept_->credentials.expires;
      // Short-lived ones live for the greater part of their time. What expired long ago has none,
      // and its distance from now may not even fit into 64 bits.
      if (renewAt_ && *renewAt_ > now) {
        *renewAt_ -= std::min<Nanoseconds>((*renewAt_ - now) / 4, kRenewBefore);
      }
    }
    // A renewal that failed costs nothing while the old ones still hold.
    bool holds = kept_ && (!kept_->credentials.expires || now < *kept_->credentials.expires);
    if (asked || (holds && !stopped)) {
      outcome = kept_->credentials;
    } else {
      outcome = asked.error();
    }
    fetch_.reset();
  }
  fetch.outcome = outcome;
  fetch.ended.set();
  return outcome;
}

bool KeptCredentials::refused(const S3Credentials& used) {
  std::lock_guard lock(mutex_);
  if (!kept_ || kept_->credentials.identity != used.identity) return true;  // others are there
  if (!kept_->renews) return false;
  // Some services hand out new keys each time. So what is missing may be a right all the same, and
  // a rest is broken once only.
  bool early = clock_.steadyTime() < restUntil_;
  if (early && brokeRest_) return false;
  brokeRest_ = early;
  toBeRenewed_ = true;
  return true;
}

Error KeptCredentials::none() const {
  std::string text = "no credentials for S3 were found; looked for";
  for (const std::unique_ptr<CredentialProvider>& provider : providers_) {
    text += (provider == providers_.front() ? " " : ", ") + provider->place();
  }
  return notUsable(text +
                   ". Set credentials in the remote's options, set AWS_ACCESS_KEY_ID and "
                   "AWS_SECRET_ACCESS_KEY, or run `aws configure`; for a public bucket, add "
                   "anonymous=true to the URL");
}

}  // namespace cloudsync
