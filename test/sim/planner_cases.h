#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner_trees.h"

namespace cloudsync::sim {

// Small cases of deciding: three random trees on plain maps go through the product's merge and
// reconcile, and what they decide is carried out on the maps, with everything that may come in
// between: an edit behind the plan, a run that stops in the middle, holes in a listing, a base that
// came back from a backup.
//
// Asserted: what agrees is left alone; two runs bring both sides together, and a third decides
// nothing; every content that no side took away itself is in sight; nothing below a hole is
// touched. Not for concurrent use.
class PlannerCases {
 public:
  PlannerCases();
  // Plays one; the same seed plays the same. The complaint, if there is one, with the trees.
  std::optional<std::string> play(std::uint64_t seed) const;

 private:
  const KeyTable keys_;
  std::vector<std::string> versions_;  // texts of numbers
};

}  // namespace cloudsync::sim
