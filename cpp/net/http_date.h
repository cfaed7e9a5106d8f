#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace cloudsync {

// PURE: "Sun, 06 Nov 1994 08:49:37 GMT" (the one form that servers may send: Date, Last-Modified,
// Retry-After) as wall time; nothing for anything else, years before 1970 and after 2261 included.
std::optional<Nanoseconds> parseHttpDate(std::string_view text);

}  // namespace cloudsync
