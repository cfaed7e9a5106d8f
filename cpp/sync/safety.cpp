#include "sync/safety.h"

#include <algorithm>

namespace cloudsync {

namespace {

std::uint64_t mostDeletions(const SafetyFacts& facts, const DeletionLimit& limit) {
  auto share = static_cast<std::uint64_t>(static_cast<double>(facts.knownFiles) * limit.share);
  return std::max(limit.files, share);
}

std::string describeLimit(std::uint64_t count, std::uint64_t known, std::string_view where) {
  return "the run would remove " + std::to_string(count) + " of " + std::to_string(known) +
         " files " + std::string(where) +
         ": more than the deletion limit; look at the plan and confirm it, or raise deletionLimit";
}

}  // namespace

std::vector<Hold> checkSafety(const SafetyFacts& facts, const DeletionLimit& limit) {
  std::vector<Hold> holds;
  std::uint64_t most = mostDeletions(facts, limit);
  const std::vector<PlanOp::Kind> removesLocal = {
      PlanOp::Kind::removeLocal, PlanOp::Kind::removeLocalDirectory, PlanOp::Kind::forget};
  if (facts.removesLocal > most) {
    holds.push_back({std::string(kLocalDeletions),
                     describeLimit(facts.removesLocal, facts.knownFiles, "from this device"),
                     removesLocal});
  }
  // A space that only downloads leaves no marker: then nothing else tells an emptied cloud from one
  // that is not mounted.
  if (!facts.remoteIsMarked && facts.remoteFiles == 0 && facts.removesLocal > 0) {
    holds.push_back({std::string(kEmptyRemote),
                     "the cloud shows no file at all, and has no marker that tells whether it is "
                     "the right one: is it mounted, is the URL the same? Nothing is deleted; look "
                     "at the plan and confirm it if it was emptied",
                     removesLocal});
  }
  if (facts.removesRemote > most) {
    holds.push_back({std::string(kRemoteDeletions),
                     describeLimit(facts.removesRemote, facts.knownFiles, "from the cloud"),
                     {PlanOp::Kind::removeRemote, PlanOp::Kind::removeRemoteDirectory}});
  }
  return holds;
}

std::string judgeLocalRoot(const RootIdentity& identity) {
  if (identity.remembered.empty() || identity.remembered == identity.found) return "";
  if (identity.found.empty()) {
    return "the root has lost its marker .cloudsync/root: is its disk mounted? Nothing is deleted; "
           "bring the directory back, or remove the space's state to start over";
  }
  return "the root belongs to another space (its marker .cloudsync/root names another id); point "
         "the space at its own directory";
}

std::string judgeRemoteRoot(const RootIdentity& identity) {
  if (identity.remembered.empty() || identity.remembered == identity.found) return "";
  if (identity.found.empty()) {
    return "the remote has lost its marker .cloudsync/root: was it emptied, or is the URL another "
           "one? Nothing is deleted; bring it back, or remove the space's state to start over";
  }
  return "the remote is another one than before (its marker .cloudsync/root names another id); "
         "check the URL, or remove the space's state to start over";
}

}  // namespace cloudsync
