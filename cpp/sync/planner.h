#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/key_set.h"
#include "base/task.h"
#include "sync/context.h"
#include "sync/merge.h"

namespace cloudsync {

// What a look at both sides came to.
struct PlanSummary {
  std::uint64_t scanned = 0;
  std::uint64_t operations = 0;
  std::uint64_t files = 0;    // of them: about files, not directories
  std::uint64_t skipped = 0;  // left alone: symlinks, special files, names that cannot be carried,
                              // what the rules ignore, what no media-only space takes
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

// Keys whose content is not taken for moved: such a move was put off in the same run, and what it
// was taken for is carried out as it stands. A few are told apart; of very many, none is moved
// again.
class NoMoves {
 public:
  static constexpr std::size_t kMostKeys = 10'000;

  void add(std::string source) {
    if (keys_.size() < kMostKeys) keys_.insert(std::move(source));
  }
  bool holds(const std::string& source) const {
    return keys_.size() >= kMostKeys || keys_.contains(source);
  }

 private:
  std::set<std::string> keys_;
};

// How a plan is made.
struct PlanRequest {
  PlanMode mode = PlanMode::carryOut;
  RootTrust trust = RootTrust::full;
  NoMoves noMoves{};
  KeySet keys = KeySet::everything();  // of both sides
};

// Scans what of both sides `keys` holds, merges it with the base tree and writes the plan of the
// run into the state store, as a table. Only a look at everything removes something from this
// device: a part of the remote is no evidence of what it lost. In mode carryOut, decisions that
// change no side (a new cloud-only file, an agreement both sides show already) become rows at once,
// without an operation.
Task<Result<PlanSummary>> makePlan(SyncContext context, PlanRequest request, CancelToken cancel);

}  // namespace cloudsync
