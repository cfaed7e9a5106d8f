#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/async_event.h"
#include "remote/s3/credentials.h"
#include "remote/s3/credentials/provider.h"

namespace cloudsync {

// Asks providers in turn and keeps what the first one that is set up brings. Any thread.
class KeptCredentials final : public S3CredentialSource {
 public:
  // Before they expire, so that no request is under way with the last second of them.
  static constexpr Nanoseconds kRenewBefore = 5LL * 60 * 1'000'000'000;
  // How long what was just fetched is good enough: when it is refused once more, or about to expire
  // already, asking again at once would bring the same.
  static constexpr Duration kRest = std::chrono::minutes(1);

  KeptCredentials(std::vector<std::unique_ptr<CredentialProvider>> providers, Clock& clock,
                  Scheduler& scheduler)
      : providers_(std::move(providers)), clock_(clock), scheduler_(scheduler) {}

  Task<Result<S3Credentials>> get(CancelToken cancel) override;
  bool refused(const S3Credentials& used) override;

 private:
  struct Found {
    S3Credentials credentials;
    bool renews = false;
  };
  // One fetch that many wait for.
  struct Fetch {
    explicit Fetch(Scheduler& scheduler) : ended(scheduler) {}
    AsyncEvent ended;
    std::optional<Result<S3Credentials>> outcome;  // set before `ended`, then constant
  };

  bool isGood() const;  // under mutex_
  Task<Result<S3Credentials>> lead(std::shared_ptr<Fetch> fetch, CancelToken cancel);
  Task<Result<Found>> ask(CancelToken cancel);
  Result<S3Credentials> settle(Fetch& fetch, const Result<Found>& asked);
  Error none() const;

  const std::vector<std::unique_ptr<CredentialProvider>> providers_;
  Clock& clock_;
  Scheduler& scheduler_;

  std::mutex mutex_;  // guards what follows
  std::optional<Found> kept_;
  std::optional<Nanoseconds> renewAt_;  // wall time; nothing: they do not expire
  SteadyTime restUntil_{};
  bool brokeRest_ = false;        // this rest was broken for credentials that were refused
  bool toBeRenewed_ = false;      // whatever their time says
  std::shared_ptr<Fetch> fetch_;  // under way
};

}  // namespace cloudsync
