#include "remote/s3/iso_time.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>

namespace cloudsync {

namespace {

// Exactly `text` as a number; nothing when a byte of it is no digit.
std::optional<int> number(std::string_view text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // "-0" is none either.
  return text.front() == '-' ? std::nullopt : std::optional(value);
}

// ".123" as nanoseconds; "" is none.
std::optional<int> fraction(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != '.' || text.size() < 2 || text.size() > 10) return std::nullopt;
  std::string digits(text.substr(1));
  digits.resize(9, '0');
  return number(digits);
}

}  // namespace

std::optional<Nanoseconds> parseIsoTime(std::string_view text) {
  constexpr std::string_view kShape = "____-__-__T__:__:__";
  if (text.size() <= kShape.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != '_' && kShape[i] != text[i]) return std::nullopt;
  }
  std::optional<int> year = number(text.substr(0, 4));
  std::optional<int> month = number(text.substr(5, 2));
  std::optional<int> day = number(text.substr(8, 2));
  std::optional<int> hour = number(text.substr(11, 2));
  std::optional<int> minute = number(text.substr(14, 2));
  std::optional<int> second = number(text.substr(17, 2));
  std::optional<int> rest = fraction(text.substr(kShape.size(), text.size() - kShape.size() - 1));
  if (!year || !month || !day || !hour || !minute || !second || !rest) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  // Beyond these years nanoseconds since 1970 do not fit into 64 bits.
  if (*year < 1678 || *year > 2261) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{*year},
                                   std::chrono::month{static_cast<unsigned>(*month)},
                                   std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  std::chrono::nanoseconds time = std::chrono::sys_days{date}.time_since_epoch();
  time += std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
          std::chrono::seconds{*second} + std::chrono::nanoseconds{*rest};
  return time.count();
}

}  // namespace cloudsync
