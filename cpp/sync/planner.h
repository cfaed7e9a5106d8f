#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/task.h"
#include "sync/context.h"
#include "sync/merge.h"

namespace cloudsync {

// What a look at both sides came to.
struct PlanSummary {
  std::uint64_t scanned = 0;
  std::uint64_t operations = 0;
  std::uint64_t files = 0;    // of them: about files, not directories
  std::uint64_t skipped = 0;  // set aside: symlinks, special files, names that cannot be carried
  std::uint64_t ignored = 0;  // new local files that are out of scope
  std::uint64_t unknown = 0;  // places that could not be read: something failed
  std::uint64_t unknownThere = 0;    // of these: in the cloud
  std::uint64_t removesFolders = 0;  // directories that would leave the cloud
  SafetyFacts safety;
  ByteCount downloadBytes = 0;
  ByteCount uploadBytes = 0;
};

// Does a plan only say what would happen, or does it also write the rows that need no operation?
enum class PlanMode { carryOut, look };

// May the base tree be believed? A state database or a tree that came back from a backup may not:
// then the run is a union, in which nothing is deleted.
enum class RootTrust { full, unionOnly };

// How a plan is made.
struct PlanRequest {
  PlanMode mode = PlanMode::carryOut;
  RootTrust trust = RootTrust::full;
  // Whether what goes and comes again under another name is taken for a move.
  enum class Moves { find, leave };
  Moves moves = Moves::find;
};

// Scans both sides, merges them with the base tree and writes the plan of the run into the state
// store, as a table. In mode carryOut, decisions that change no side (a new cloud-only file, an
// agreement both sides show already) become rows at once, without an operation.
Task<Result<PlanSummary>> makePlan(SyncContext context, PlanRequest request, CancelToken cancel);

}  // namespace cloudsync
