#include "base/date.h"

#include <chrono>
#include <cstdio>

namespace cloudsync {

std::string formatDate(Nanoseconds time) {
  using namespace std::chrono;
  year_month_day date{floor<days>(sys_time<nanoseconds>(nanoseconds(time)))};
  char text[32];
  int length =
      std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace cloudsync
