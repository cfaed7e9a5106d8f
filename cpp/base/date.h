#pragma once

#include <string>

#include "base/clock.h"

namespace cloudsync {

// PURE. "2026-11-24": the day of `time` in UTC, which is the same on every device.
std::string formatDate(Nanoseconds time);

}  // namespace cloudsync
