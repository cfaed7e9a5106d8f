#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/rows.h"

namespace cloudsync {

// PURE. Names a set of operations with the states of both sides that they expect, and the halts
// that hold them: the same set has the same name, in whatever order it was planned, and what a
// person confirms by it is exactly what was shown. A plain value.
class PlanDigest {
 public:
  void add(const PlanOp& op);
  // 16 hex digits.
  std::string name(std::string_view space, std::span<const Halt> halts) const;

 private:
  std::array<std::uint64_t, 4> sum_{};  // of the hashes of the operations: without an order
};

}  // namespace cloudsync
