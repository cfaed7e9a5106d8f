#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>

#include "step.h"
#include "world.h"

namespace cloudsync::sim {

// What came of one history.
struct Outcome {
  std::optional<Violation> violation;
  std::uint64_t calls = 0;  // of files and servers
  std::uint64_t runs = 0;
};

// Plays a history to its end, and what must come after it: rest.
// `trace`, when given, hears of every step and every call.
Outcome play(const History& history, std::string_view emptyState, std::ostream* trace = nullptr);

// A shorter and simpler history that breaks the same promise. `tries` bounds the search.
History shrink(History history, std::string_view emptyState, int tries);

}  // namespace cloudsync::sim
