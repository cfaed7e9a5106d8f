#include "net/retry_policy.h"

#include <algorithm>
#include <charconv>

#include "net/http_date.h"

namespace cloudsync {

namespace {

// firstDelay * 2^(failed - 1), stopping at the longest: no overflow for any count.
Duration boundOf(const RetryLimits& limits, std::uint32_t failed) {
  Duration bound = limits.firstDelay;
  for (std::uint32_t i = 1; i < failed && bound < limits.longestDelay; ++i) bound *= 2;
  return std::min(bound, limits.longestDelay);
}

Duration jittered(Duration bound, std::uint64_t random) {
  // 53 bits are what a double holds exactly.
  double share = static_cast<double>(random >> 11) / static_cast<double>(1ULL << 53);
  return Duration(static_cast<Duration::rep>(static_cast<double>(bound.count()) * share));
}

}  // namespace

Trouble troubleOf(const Error& error) {
  if (error.kind == ErrorKind::throttled) return Trouble::throttled;
  return isTransient(error.kind) ? Trouble::transient : Trouble::final;
}

Trouble troubleOf(int status, std::string_view code) {
  if (code == "RequestTimeTooSkewed") return Trouble::clockSkew;
  if (code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired") {
    return Trouble::credentials;
  }
  if (code == "SlowDown" || code == "ServiceUnavailable" || code == "TooManyRequests" ||
      code == "Throttling" || code == "ThrottlingException" || code == "RequestLimitExceeded") {
    return Trouble::throttled;
  }
  if (code == "RequestTimeout" || code == "InternalError") {
    return Trouble::transient;
  }
  if (status == 429 || status == 503) return Trouble::throttled;
  if (status == 408) return Trouble::transient;
  // What the server cannot do, or has no room for, it will not be able to do in a second either.
  if (status == 501 || status == 505 || status == 507) return Trouble::final;
  if (status >= 500 && status < 600) return Trouble::transient;
  if (status == 401 || status == 403) return Trouble::credentials;
  return Trouble::final;
}

std::optional<Duration> retryDelay(const RetryLimits& limits, const RetryState& state,
                                   Trouble trouble, std::optional<Duration> retryAfter,
                                   std::uint64_t random) {
  switch (trouble) {  // a repair is not one of the attempts
    case Trouble::final:
      return std::nullopt;
    case Trouble::clockSkew:
      return state.clockCorrected ? std::nullopt : std::optional(Duration::zero());
    case Trouble::credentials:
      return state.credentialsRenewed ? std::nullopt : std::optional(Duration::zero());
    case Trouble::transient:
    case Trouble::throttled:
      break;
  }
  if (state.failed >= limits.attempts) return std::nullopt;
  if (retryAfter && *retryAfter > limits.longestRetryAfter) return std::nullopt;
  Duration bound = boundOf(limits, state.failed);
  // Behind a Retry-After clients would all come back in the same instant: jitter comes on top.
  return retryAfter.value_or(Duration::zero()) + jittered(bound, random);
}

std::optional<Duration> parseRetryAfter(std::string_view value, Nanoseconds now) {
  std::uint32_t seconds = 0;
  const char* end = value.data() + value.size();
  auto [stopped, error] = std::from_chars(value.data(), end, seconds);
  if (error == std::errc() && stopped == end) return std::chrono::seconds(seconds);
  std::optional<Nanoseconds> date = parseHttpDate(value);
  if (!date) return std::nullopt;
  return Duration(std::max<Nanoseconds>(*date - now, 0));
}

}  // namespace cloudsync
