#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/random.h"
#include "base/scheduler.h"
#include "net/http_transport.h"
#include "net/retry_policy.h"

namespace cloudsync {

// What a service adds to every attempt of a request. The defaults add nothing.
class AttemptHooks {
 public:
  virtual ~AttemptHooks() = default;
  // Before every attempt, with the request as the caller gave it: signs it, with the time and the
  // credentials of this moment.
  virtual Task<Result<HttpRequest>> prepare(HttpRequest request, CancelToken cancel);
  // Between attempts, for Trouble::clockSkew and Trouble::credentials: puts it right, or says that
  // it cannot. `answer` holds the Date header.
  virtual Task<bool> repair(Trouble trouble, const HttpResponse& answer);
  // Before a request is sent again after trouble: does it still make sense? What was looked at
  // before the first attempt may be minutes old by now.
  virtual Task<bool> mayRepeat(Trouble trouble, CancelToken cancel);
  // The service's own error code in an answer; "" when there is none.
  virtual std::string codeOf(const HttpResponse& answer) const;
};

// An HttpTransport that sends again what failed for the moment, by the rules of retry_policy.h.
// Only for requests that may be repeated: the remotes decide that, and what an attempt whose
// answer was lost has done. A body that a sink has begun to take is not fetched again from here:
// who wrote half a file knows better where to go on. Any thread; everything given outlives it.
class RetryingTransport final : public HttpTransport {
 public:
  RetryingTransport(HttpTransport& inner, Scheduler& scheduler, Random& random, RetryLimits limits,
                    AttemptHooks& hooks)
      : inner_(inner), scheduler_(scheduler), random_(random), limits_(limits), hooks_(hooks) {}

  // What the last attempt brought, also when it was a 503.
  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override;

 private:
  // How long to wait before the next attempt, or nothing: this outcome is the last word.
  Task<std::optional<Duration>> judge(const Result<HttpResponse>& outcome, Trouble trouble,
                                      RetryState& state);
  Trouble troubleIn(const Result<HttpResponse>& outcome) const;

  HttpTransport& inner_;
  Scheduler& scheduler_;
  Random& random_;
  const RetryLimits limits_;
  AttemptHooks& hooks_;
};

}  // namespace cloudsync
