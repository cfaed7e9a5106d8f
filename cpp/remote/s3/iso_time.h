#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace cloudsync {

// PURE: "2013-05-24T00:00:00.123Z" (UTC; up to nine digits of a second, or none) as wall time;
// nothing for anything else.
std::optional<Nanoseconds> parseIsoTime(std::string_view text);

}  // namespace cloudsync
