#pragma once

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include "base/clock.h"

namespace cloudsync::fuzz {

// Times as text, by another way than the parsers take: what was read must print as it was written.
struct Calendar {
  int year = 0;
  unsigned month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
  long nanoseconds = 0;

  explicit Calendar(Nanoseconds time) {
    using namespace std::chrono;
    auto whole = floor<seconds>(sys_time<Duration>(Duration(time)));
    sys_days midnight = floor<days>(whole);
    year_month_day date(midnight);
    hh_mm_ss clock(whole - midnight);
    year = static_cast<int>(date.year());
    month = static_cast<unsigned>(date.month());
    day = static_cast<unsigned>(date.day());
    hour = static_cast<int>(clock.hours().count());
    minute = static_cast<int>(clock.minutes().count());
    second = static_cast<int>(clock.seconds().count());
    nanoseconds = static_cast<long>(time - whole.time_since_epoch().count() * 1'000'000'000);
  }

  // "2013-05-24T00:00:00.000000001Z"
  std::string iso() const {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%09ldZ", year, month,
                  day, hour, minute, second, nanoseconds);
    return text.data();
  }

  // "06 Nov 1994 08:49:37 GMT": an HTTP date without its day of the week
  std::string http() const {
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%02u %s %04d %02d:%02d:%02d GMT", day,
                  kMonths[month - 1], year, hour, minute, second);
    return text.data();
  }
};

}  // namespace cloudsync::fuzz
