#include "net/http_date.h"

#include <array>
#include <charconv>
#include <chrono>

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

std::optional<unsigned> monthOf(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == name) return i + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Nanoseconds> parseHttpDate(std::string_view text) {
  // Fixed columns: "Sun, 06 Nov 1994 08:49:37 GMT". The day of the week is not looked at.
  constexpr std::string_view kShape = "___, __ ___ ____ __:__:__ GMT";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != '_' && kShape[i] != text[i]) return std::nullopt;
  }
  std::optional<int> day = number(text.substr(5, 2));
  std::optional<unsigned> month = monthOf(text.substr(8, 3));
  std::optional<int> year = number(text.substr(12, 4));
  std::optional<int> hour = number(text.substr(17, 2));
  std::optional<int> minute = number(text.substr(20, 2));
  std::optional<int> second = number(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  // HTTP is younger than 1970, and beyond 2261 nanoseconds do not fit into 64 bits: within these
  // years two dates can be subtracted.
  if (*year < 1970 || *year > 2261) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                                   std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  std::chrono::nanoseconds time = std::chrono::sys_days{date}.time_since_epoch();
  time += std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
  return time.count();
}

}  // namespace cloudsync
