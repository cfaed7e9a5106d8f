#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/rows.h"

namespace cloudsync {

// What may be deleted in one run without asking: the larger of the two.
struct DeletionLimit {
  std::uint64_t files = 25;
  double share = 0.25;  // of the files the space knows
};

// The facts a plan is judged by. Counts of files.
struct SafetyFacts {
  std::uint64_t knownFiles = 0;      // in the base tree
  std::uint64_t localFiles = 0;      // of them: with their content on this device
  std::uint64_t removesLocal = 0;    // would leave the disk or, cloud-only ones, the list of known
  std::uint64_t forgets = 0;         // of them: cloud-only
  std::uint64_t removesRemote = 0;   // would leave the remote
  std::uint64_t replacesLocal = 0;   // would get other content on the disk
  std::uint64_t replacesRemote = 0;  // would get other content in the remote
};

// Operations that a person must release first, and why.
struct Hold {
  std::string reason;   // "deletion-limit-local": stable, machine-readable
  std::string message;  // for a person
  std::vector<PlanOp::Kind> kinds;
  HoldExtent extent = HoldExtent::all;

  friend bool operator==(const Hold&, const Hold&) = default;
};

// A rule's cause is the remote's doing, not that of a user here.
bool isCausedByRemote(const std::string& reason);

// PURE. Would this plan remove too much of a side? Everything that is not held goes on.
std::vector<Hold> checkSafety(const SafetyFacts& facts, const DeletionLimit& limit);

enum class ReplacedSide { local, remote };

// PURE. Would this plan give every file of the side that both have other content, and those are
// more than a few? By times and versions alone: whether content changed, hashing must prove
// (holds.h).
bool mayReplaceAll(const SafetyFacts& facts, ReplacedSide side);
// PURE. More than a few.
bool mayReplaceMany(const SafetyFacts& facts, ReplacedSide side);
Hold holdReplacing(const SafetyFacts& facts, ReplacedSide side);

// What may be replaced without a thought that it could be all.
inline constexpr std::uint64_t kFewFiles = 25;

// The identity of a side, as remembered and as found now. "" = none.
struct RootIdentity {
  std::string remembered;
  std::string found;
};

// The same of the place of the local root.
struct RootPlace {
  std::string remembered;  // "": none yet
  std::string now;
};

// PURE. Is this side the one both agreed on? Nothing when it is. A missing marker where there was
// one means an unmounted disk, an emptied bucket or a wrong prefix: not deletions. Each of these
// can be released: then it is this side that is meant, and the next run is a union.
std::optional<Halt> judgeLocalRoot(const RootIdentity& identity, const RootPlace& place);
std::optional<Halt> judgeRemoteRoot(const RootIdentity& identity);

// PURE. The root's directory is not there at all: nothing that could be released.
Halt rootIsMissing(const std::string& path, const std::string& why);

// One moment in a remote's life: raised by every run that changes it.
struct RemoteEpoch {
  std::uint64_t number = 0;  // 0: none
  std::string token;         // tells it from another one of that number

  friend bool operator==(const RemoteEpoch&, const RemoteEpoch&) = default;
};

// PURE. Does this history, newest first, show that the remote went back behind a moment that was
// seen: that it was restored from a backup? A moment older than all of the history tells nothing.
bool wentBack(const RemoteEpoch& remembered, const std::vector<RemoteEpoch>& history);

}  // namespace cloudsync
