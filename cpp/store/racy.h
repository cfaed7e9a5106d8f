#pragma once

#include <limits>

#include "store/rows.h"

namespace cloudsync {

// PURE. Could a file have changed without its fingerprint telling? The clock behind its times is
// coarse: a change within the same grain as the look that made the fingerprint leaves no trace in
// it, and then only the content tells. Two who ask follow two rules, by what a mistake costs:
//
// A scan asks about every file of a tree, and goes by the modification time. What a download placed
// has its remote's old one, so that the run after a first sync hashes nothing; the change time
// moves with every placing, and by it that run would hash everything. What passes is a change
// within the grain whose writer also set the modification time back; it is seen with the next
// change.
//
// Freeing destroys bytes, and goes by the change time, which no program can set back. It costs the
// hash of a file that is freed right after it was placed.

// Whoever maps a file may write into pages that are dirty already, and neither the kernel nor
// msync() moves a time for it. What was hashed while somebody had the file open for writing was
// therefore looked at never, by both rules: its content is compared until nobody has.
inline constexpr Nanoseconds kNeverLookedAt = std::numeric_limits<Nanoseconds>::min() / 2;

// Has `time` the grain of `lookedAt`, or a later one? Times are the kernel's tick apart; a file
// system that keeps whole seconds shows it in every time it keeps.
inline bool isWithinGrain(Nanoseconds time, Nanoseconds lookedAt) {
  constexpr Nanoseconds kTwoTicks = 20'000'000;  // of the slowest kernel
  constexpr Nanoseconds kSecond = 1'000'000'000;
  Nanoseconds grain = time % kSecond == 0 ? 2 * kSecond : kTwoTicks;
  return time >= lookedAt - grain;
}

inline bool racyByModifyTime(const Fingerprint& fingerprint, Nanoseconds lookedAt) {
  return isWithinGrain(fingerprint.modifyTime, lookedAt);
}

inline bool racyByChangeTime(const Fingerprint& fingerprint, Nanoseconds lookedAt) {
  return isWithinGrain(fingerprint.changeTime, lookedAt);
}

}  // namespace cloudsync
