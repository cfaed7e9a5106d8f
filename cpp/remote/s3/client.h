#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "net/http_transport.h"
#include "net/retry_policy.h"
#include "remote/s3/credentials.h"
#include "remote/s3/location.h"

namespace cloudsync {

// Asked before a request goes out again: what the caller looked at first may no longer hold.
class RepeatGuard {
 public:
  virtual ~RepeatGuard() = default;
  // `throttled`: the server says that it did nothing. Anything else may have been done unheard.
  virtual Task<bool> mayRepeat(Trouble trouble, CancelToken cancel) = 0;
};

// One request to S3, before it is signed.
struct S3Request {
  std::string method = "GET";
  std::string key;  // the whole key, prefix included; "" for the bucket
  S3Query query;
  HttpHeaders headers;
  std::string payloadHash;  // SHA-256 of the body in hex; "" when there is no body
  std::string subject;      // what it is about, for messages
  // Some requests make the server work before it answers: putting an object together, copying it.
  Duration patience = std::chrono::seconds(30);
  std::uint32_t attempts = RetryLimits().attempts;
  RepeatGuard* guard = nullptr;  // of a change that must not be repeated blindly
};

// Speaks to one bucket: signs at sending time, sends again what failed for the moment, finds the
// bucket's region and corrects for a clock that is off. Every request must be one that may be
// repeated; what a request whose answer was lost has done is the caller's to find out (a nonce).
// Any thread; everything given outlives it.
class S3Client {
 public:
  struct Needs {
    HttpTransport& http;
    Scheduler& scheduler;
    Clock& clock;
    Random& random;
  };

  // `credentials` may be null: requests go out unsigned.
  S3Client(S3Location location, std::unique_ptr<S3CredentialSource> credentials, Needs needs)
      : needs_(needs),
        credentials_(std::move(credentials)),
        location_(std::make_shared<const S3Location>(std::move(location))) {}

  // A 2xx answer, or the Error that the answer means (faults.h), or the transport's.
  Task<Result<HttpResponse>> send(S3Request request, BodySource* upload, BodySink* download,
                                  CancelToken cancel);
  // Without a body in either direction but what fits into HttpResponse::body.
  Task<Result<HttpResponse>> send(S3Request request, CancelToken cancel);

  std::shared_ptr<const S3Location> location() const;
  Scheduler& scheduler() { return needs_.scheduler; }
  Random& random() { return needs_.random; }
  // This machine's clock, as the server would read it.
  Nanoseconds serverTime() const { return needs_.clock.wallTime() + clockOffset_.load(); }

 private:
  class Attempts;

  bool correctClock(const HttpResponse& answer);
  bool isClockOff(const HttpResponse& answer) const;
  bool correctRegion(const HttpResponse& answer, const S3Location& signedFor);

  const Needs needs_;
  const std::unique_ptr<S3CredentialSource> credentials_;
  std::atomic<Nanoseconds> clockOffset_{0};
  mutable std::mutex mutex_;
  std::shared_ptr<const S3Location> location_;  // guarded by mutex_; changes with the region only
};

}  // namespace cloudsync
