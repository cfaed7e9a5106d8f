#pragma once

#include <cstdint>

#include "step.h"

namespace cloudsync::sim {

// PURE. A random history: the same seed gives the same one. Names come from a small pool, so that
// things collide, and most steps are such that the next ones have something to work on.
History randomHistory(std::uint64_t seed);

}  // namespace cloudsync::sim
