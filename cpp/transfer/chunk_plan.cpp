#include "transfer/chunk_plan.h"

#include <algorithm>

namespace cloudsync {

namespace {

constexpr ByteCount kMiB = 1024 * 1024;
constexpr ByteCount kUsualPart = 16 * kMiB;

void cut(std::vector<ByteRange>& out, ByteRange gap, ByteCount chunk) {
  for (ByteCount at = gap.begin; at < gap.end;) {
    ByteCount end = std::min(gap.end, at + chunk);
    out.push_back({at, end});
    at = end;
  }
}

// How many pieces of `piece` bytes hold `size`; or how large each of so many has to be.
ByteCount pieces(ByteCount size, ByteCount piece) { return size / piece + (size % piece ? 1 : 0); }

}  // namespace

std::vector<ByteRange> planChunks(ByteCount size, const std::vector<ByteRange>& have,
                                  ByteCount chunk) {
  std::vector<ByteRange> out;
  ByteCount front = 0;
  for (const ByteRange& range : have) {
    if (range.begin >= size) break;
    if (range.begin > front) cut(out, {front, range.begin}, chunk);
    front = std::max(front, range.end);
  }
  if (front < size) cut(out, {front, size}, chunk);
  return out;
}

std::vector<ByteRange> addRange(std::vector<ByteRange> have, ByteRange more) {
  if (more.begin >= more.end) return have;
  have.push_back(more);
  std::sort(have.begin(), have.end());
  std::vector<ByteRange> joined;
  for (const ByteRange& range : have) {
    if (!joined.empty() && range.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

ByteRange PartPlan::range(std::uint32_t number, ByteCount size) const {
  ByteCount begin = (number - 1) * partSize;
  return {begin, std::min(size, begin + partSize)};
}

std::optional<PartPlan> planParts(ByteCount size, const Features& features) {
  if (features.mostParts == 0 || features.largestPart == 0) return std::nullopt;
  std::uint32_t usual = features.usualParts > 0 ? features.usualParts : features.mostParts;
  ByteCount partSize = std::max({kUsualPart, features.smallestPart, pieces(size, usual)});
  partSize = pieces(partSize, kMiB) * kMiB;
  // A remote whose parts are smaller than usual: its own limit, and more of them.
  partSize = std::min(partSize, features.largestPart);
  ByteCount count = std::max<ByteCount>(1, pieces(size, partSize));
  if (count > features.mostParts || partSize < features.smallestPart) return std::nullopt;
  return PartPlan{partSize, static_cast<std::uint32_t>(count)};
}

}  // namespace cloudsync
