#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "remote/remote.h"

namespace cloudsync {

// PURE. What is left of [0, size) when `have` is there already, cut into pieces of at most `chunk`
// bytes. `have` is sorted and disjoint; what lies beyond `size` is ignored.
std::vector<ByteRange> planChunks(ByteCount size, const std::vector<ByteRange>& have,
                                  ByteCount chunk);

// PURE. `have` with `more` in it, neighbours joined.
std::vector<ByteRange> addRange(std::vector<ByteRange> have, ByteRange more);

// PURE. How an upload of `size` bytes is cut: whole parts of `partSize`, the last one shorter.
struct PartPlan {
  ByteCount partSize = 0;
  std::uint32_t count = 0;

  ByteRange range(std::uint32_t number, ByteCount size) const;  // number from 1
};

// Grows the part with the size, so that the remote's most parts always suffice. Nothing when the
// remote cannot hold so large an object at all.
std::optional<PartPlan> planParts(ByteCount size, const Features& features);

}  // namespace cloudsync
