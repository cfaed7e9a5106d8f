#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/rows.h"

namespace cloudsync {

// What may be deleted in one run without asking: the larger of the two.
struct DeletionLimit {
  std::uint64_t files = 25;
  double share = 0.25;  // of the files the space knows
};

// The facts a plan is judged by.
struct SafetyFacts {
  std::uint64_t knownFiles = 0;     // files in the base tree
  std::uint64_t removesLocal = 0;   // files that would leave the disk or the list of known ones
  std::uint64_t removesRemote = 0;  // files that would leave the remote
  std::uint64_t remoteFiles = 0;    // files that the remote shows, in scope or not
  bool remoteIsMarked = true;       // a marker tells it from an empty directory, a wrong prefix
};

inline constexpr std::string_view kLocalDeletions = "deletion-limit-local";
inline constexpr std::string_view kRemoteDeletions = "deletion-limit-remote";
inline constexpr std::string_view kEmptyRemote = "remote-empty";

// Kinds of operations that a person must release first, and why.
struct Hold {
  std::string reason;   // one of the words below: stable, machine-readable
  std::string message;  // for a person
  std::vector<PlanOp::Kind> kinds;

  friend bool operator==(const Hold&, const Hold&) = default;
};

// PURE. Would this plan empty a side? Everything that is not held goes on.
std::vector<Hold> checkSafety(const SafetyFacts& facts, const DeletionLimit& limit);

// The identity of a side, as remembered and as found now. "" = none.
struct RootIdentity {
  std::string remembered;
  std::string found;
};

// PURE. Is this side the one both agreed on? Nothing when it is; else a sentence. A missing marker
// where there was one means an unmounted disk, an emptied bucket or a wrong prefix: not deletions.
std::string judgeLocalRoot(const RootIdentity& identity);
std::string judgeRemoteRoot(const RootIdentity& identity);

}  // namespace cloudsync
