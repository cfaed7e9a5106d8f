#pragma once

#include <functional>

#include "base/random.h"
#include "base/scheduler.h"
#include "net/http_transport.h"
#include "net/retry_policy.h"

namespace cloudsync {

// An HttpTransport that sends again what failed for the moment, by the rules of retry_policy.h.
// Only for requests that may be repeated: the remotes decide that, and what an attempt whose
// answer was lost has done. A body that a sink has begun to take is not fetched again from here:
// who wrote half a file knows better where to go on. Any thread; everything given outlives it.
class RetryingTransport final : public HttpTransport {
 public:
  // Called before every attempt with the request as it was given: signs it, with the time and the
  // credentials of this moment.
  using Prepare = std::function<Result<HttpRequest>(const HttpRequest& request)>;
  // Called between attempts for Trouble::clockSkew and Trouble::credentials: puts it right, or
  // returns false. `answer` holds the Date header.
  using Repair = std::function<bool(Trouble trouble, const HttpResponse& answer)>;
  struct Hooks {
    Prepare prepare;  // may be empty
    Repair repair;    // may be empty
    std::function<std::string(const HttpResponse&)>
        codeOf;  // the service's error code; may be empty
  };

  RetryingTransport(HttpTransport& inner, Scheduler& scheduler, Random& random, RetryLimits limits,
                    Hooks hooks)
      : inner_(inner),
        scheduler_(scheduler),
        random_(random),
        limits_(limits),
        hooks_(std::move(hooks)) {}

  // What the last attempt brought, also when it was a 503.
  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override;

 private:
  std::optional<Duration> judge(const Result<HttpResponse>& outcome, RetryState& state) const;

  HttpTransport& inner_;
  Scheduler& scheduler_;
  Random& random_;
  const RetryLimits limits_;
  const Hooks hooks_;
};

}  // namespace cloudsync
