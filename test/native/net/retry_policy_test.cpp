#include "net/retry_policy.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "net/http_date.h"

namespace cloudsync {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

TEST(RetryPolicy, StatusesAndCodesFallIntoTheirClasses) {
  for (int status : {408, 500, 502, 504}) EXPECT_EQ(troubleOf(status, ""), Trouble::transient);
  for (int status : {429, 503}) EXPECT_EQ(troubleOf(status, ""), Trouble::throttled);
  for (int status : {401, 403}) EXPECT_EQ(troubleOf(status, ""), Trouble::credentials);
  for (int status : {400, 404, 409, 412, 416, 501, 507}) {
    EXPECT_EQ(troubleOf(status, ""), Trouble::final);
  }
  EXPECT_EQ(troubleOf(403, "RequestTimeTooSkewed"), Trouble::clockSkew);
  EXPECT_EQ(troubleOf(400, "RequestTimeout"), Trouble::transient);
  EXPECT_EQ(troubleOf(200, "SlowDown"), Trouble::throttled);
}

TEST(RetryPolicy, OnlyTransportErrorsAreTriedAgain) {
  EXPECT_EQ(troubleOf(Error{ErrorKind::network, "", ""}), Trouble::transient);
  EXPECT_EQ(troubleOf(Error{ErrorKind::timeout, "", ""}), Trouble::transient);
  for (ErrorKind kind : {ErrorKind::cancelled, ErrorKind::noSpace, ErrorKind::changed,
                         ErrorKind::remoteNotReady, ErrorKind::unavailable}) {
    EXPECT_EQ(troubleOf(Error{kind, "", ""}), Trouble::final);
  }
}

TEST(RetryPolicy, DelaysDoubleUpToACap) {
  RetryLimits limits{.attempts = 20, .firstDelay = 100ms, .longestDelay = 1s};
  auto longest = [&limits](std::uint32_t failed) {
    return *retryDelay(limits, {.failed = failed}, Trouble::transient, std::nullopt, kMost);
  };
  EXPECT_NEAR(static_cast<double>(longest(1).count()), 100e6, 1);
  EXPECT_NEAR(static_cast<double>(longest(2).count()), 200e6, 1);
  EXPECT_NEAR(static_cast<double>(longest(4).count()), 800e6, 1);
  EXPECT_NEAR(static_cast<double>(longest(5).count()), 1e9, 1);
  EXPECT_NEAR(static_cast<double>(longest(19).count()), 1e9, 1);
  EXPECT_EQ(retryDelay(limits, {.failed = 3}, Trouble::transient, std::nullopt, 0), 0ns);
}

TEST(RetryPolicy, GivesUpAfterItsAttempts) {
  RetryLimits limits{.attempts = 3};
  EXPECT_TRUE(retryDelay(limits, {.failed = 2}, Trouble::transient, std::nullopt, 1));
  EXPECT_FALSE(retryDelay(limits, {.failed = 3}, Trouble::transient, std::nullopt, 1));
  EXPECT_FALSE(retryDelay(limits, {.failed = 1}, Trouble::final, std::nullopt, 1));
}

TEST(RetryPolicy, EachRepairIsTriedOnceAndAtOnce) {
  RetryLimits limits;
  EXPECT_EQ(retryDelay(limits, {.failed = 1}, Trouble::credentials, std::nullopt, kMost), 0ns);
  EXPECT_FALSE(retryDelay(limits, {.failed = 2, .credentialsRenewed = true}, Trouble::credentials,
                          std::nullopt, kMost));
  EXPECT_EQ(retryDelay(limits, {.failed = 2, .credentialsRenewed = true}, Trouble::clockSkew,
                       std::nullopt, kMost),
            0ns);
  EXPECT_FALSE(retryDelay(limits, {.failed = 2, .clockCorrected = true}, Trouble::clockSkew,
                          std::nullopt, kMost));
}

RC_GTEST_PROP(RetryPolicy, NeverSoonerThanAskedNorLaterThanTheCap,
              (std::uint32_t failed, std::uint64_t random, std::uint16_t seconds)) {
  RetryLimits limits{.attempts = kMost >> 40};
  std::optional<Duration> retryAfter = std::chrono::seconds(seconds % 120);
  failed = 1 + failed % 1000;
  std::optional<Duration> delay =
      retryDelay(limits, {.failed = failed}, Trouble::throttled, retryAfter, random);
  RC_ASSERT(delay.has_value());
  RC_ASSERT(*delay >= *retryAfter);
  RC_ASSERT(*delay <= *retryAfter + limits.longestDelay);
}

TEST(RetryPolicy, AServerThatWantsHoursIsDown) {
  EXPECT_FALSE(retryDelay({}, {.failed = 1}, Trouble::throttled, Duration(1h), 0));
}

TEST(RetryPolicy, RetryAfterIsSecondsOrADate) {
  Nanoseconds now = *parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parseRetryAfter("120", now), Duration(120s));
  EXPECT_EQ(parseRetryAfter("Sun, 06 Nov 1994 08:50:00 GMT", now), Duration(23s));
  EXPECT_EQ(parseRetryAfter("Sun, 06 Nov 1994 08:00:00 GMT", now), Duration(0s));
  for (std::string_view bad : {"", "-1", "1.5", "soon", "99999999999999"}) {
    EXPECT_FALSE(parseRetryAfter(bad, now)) << bad;
  }
}

TEST(HttpDate, ReadsTheOneFormAndNothingElse) {
  EXPECT_EQ(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777'000'000'000);
  EXPECT_EQ(parseHttpDate("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(parseHttpDate("Thu, 29 Feb 2024 23:59:59 GMT"), 1709251199'000'000'000);
  for (std::string_view bad : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                               "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
                               "Sun, 06 Nov 1994 08:49:37 CET", "Sun, -6 Nov 1994 08:49:37 GMT",
                               "Sun, 06 Nov 1994 -0:49:37 GMT", "Sun, 06 Nov 9999 08:49:37 GMT",
                               "Wed, 31 Dec 1969 23:59:59 GMT", "Sat, 01 Jan 1678 00:00:00 GMT"}) {
    EXPECT_FALSE(parseHttpDate(bad)) << bad;
  }
}

}  // namespace
}  // namespace cloudsync
