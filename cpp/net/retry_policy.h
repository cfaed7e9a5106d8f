#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace cloudsync {

// Whether and when a request is sent again. PURE: no clock, no randomness of its own; any thread.

// What kind of trouble it was.
enum class Trouble {
  transient,    // connection, timeout, 5xx: the same request may succeed later
  throttled,    // 429, 503, SlowDown: later and more slowly
  clockSkew,    // RequestTimeTooSkewed: at once, once our clock offset is corrected
  credentials,  // 401, 403: at once, once they were fetched anew
  final,        // 404, 409, 412, a limit, a full disk: trying again changes nothing
};

Trouble troubleOf(const Error& error);
// `code` is what the service said in the body (S3's <Code>), or "".
Trouble troubleOf(int status, std::string_view code);

struct RetryLimits {
  std::uint32_t attempts = 7;  // the first one included
  Duration firstDelay = std::chrono::milliseconds(200);
  Duration longestDelay = std::chrono::seconds(20);
  Duration longestRetryAfter = std::chrono::minutes(2);  // a server that asks for more is down
};

// How far we are with one request.
struct RetryState {
  std::uint32_t failed = 0;     // attempts so far, the last one included
  bool clockCorrected = false;  // each repair is tried once
  bool credentialsRenewed = false;
};

// How long to wait before the next attempt, or nothing: give up. Exponential with full jitter
// (uniform between zero and the bound: waiting clients spread out instead of coming back
// together), never sooner than `retryAfter`. `random` is uniform over 64 bits.
std::optional<Duration> retryDelay(const RetryLimits& limits, const RetryState& state,
                                   Trouble trouble, std::optional<Duration> retryAfter,
                                   std::uint64_t random);

// The value of a Retry-After header: seconds, or a date seen from `now`. Never negative.
std::optional<Duration> parseRetryAfter(std::string_view value, Nanoseconds now);

}  // namespace cloudsync
