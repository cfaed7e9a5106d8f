#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "store/rows.h"

namespace cloudsync {

// What a machine that goes down takes with it: bytes and names that somebody had written, that were
// looked at and agreed on, and that had not reached the disk. Its disk then shows files that are
// empty, short or full of zeros, and misses some; none of that was anybody's edit. PURE.

// The rows whose files may have suffered: those looked at shortly before the end.
struct Doubts {
  // The kernel writes back after half a minute; laptops take longer.
  static constexpr Nanoseconds kWindow =
      std::chrono::duration_cast<Duration>(std::chrono::minutes(10)).count();

  Nanoseconds from = 0;
  Nanoseconds last = 0;

  static Doubts before(Nanoseconds lastLook) { return {lastLook - kWindow, lastLook}; }

  bool cover(const BaseFacts& row) const { return row.lookedAt >= from && row.lookedAt <= last; }
  friend bool operator==(const Doubts&, const Doubts&) = default;
};

// Does the disk show less of the file than was agreed on, without anybody having taken it? A file
// that is shorter than its row says, and whose change time has not moved on since, was cut by no
// program: that goes without doubts too, since a disk can fail without the machine. After a machine
// went down an empty file is enough: what stands against it has all the content there is.
bool isCutOff(const Fingerprint& now, const BaseFacts& row, const std::optional<Doubts>& doubts);

}  // namespace cloudsync
