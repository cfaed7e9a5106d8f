#include "sync/safety.h"

#include <algorithm>
#include <string_view>

namespace cloudsync {

namespace {

constexpr std::string_view kDeletionLimitLocal = "deletion-limit-local";
constexpr std::string_view kDeletionLimitRemote = "deletion-limit-remote";
constexpr std::string_view kAllReplacedLocal = "all-changed-remote";
constexpr std::string_view kAllReplacedRemote = "all-changed-local";

std::uint64_t mostDeletions(const SafetyFacts& facts, const DeletionLimit& limit) {
  auto share = static_cast<std::uint64_t>(static_cast<double>(facts.knownFiles) * limit.share);
  return std::max(limit.files, share);
}

std::string describeLimit(std::uint64_t count, std::uint64_t known, std::string_view where) {
  return "the run would remove " + std::to_string(count) + " of " + std::to_string(known) +
         " files " + std::string(where) +
         ": more than the deletion limit. Look at the plan (cloudsync plan) and confirm it "
         "(cloudsync confirm) if it is meant";
}

Halt haltOfRoot(std::string reason, std::string message, std::string evidence) {
  Halt halt;
  halt.reason = std::move(reason);
  halt.subject = Halt::Subject::root;
  halt.message = std::move(message);
  halt.evidence = std::move(evidence);
  return halt;
}

constexpr std::string_view kIfMeant =
    ". Nothing is deleted. If this is the one that is meant, confirm it (cloudsync confirm): the "
    "next run then brings both sides together and deletes nothing";

}  // namespace

bool isCausedByRemote(const std::string& reason) {
  return reason == kDeletionLimitLocal || reason == kAllReplacedLocal ||
         reason.starts_with("remote-");
}

std::vector<Hold> checkSafety(const SafetyFacts& facts, const DeletionLimit& limit) {
  std::vector<Hold> holds;
  std::uint64_t most = mostDeletions(facts, limit);
  if (facts.removesLocal > most) {
    holds.push_back(
        {std::string(kDeletionLimitLocal),
         describeLimit(facts.removesLocal, facts.knownFiles, "from this device"),
         {PlanOp::Kind::removeLocal, PlanOp::Kind::removeLocalDirectory, PlanOp::Kind::forget}});
  }
  if (facts.removesRemote > most) {
    holds.push_back({std::string(kDeletionLimitRemote),
                     describeLimit(facts.removesRemote, facts.knownFiles, "from the cloud"),
                     {PlanOp::Kind::removeRemote, PlanOp::Kind::removeRemoteDirectory}});
  }
  return holds;
}

bool mayReplaceMany(const SafetyFacts& facts, ReplacedSide side) {
  switch (side) {
    case ReplacedSide::local:
      return facts.replacesLocal > kFewFiles;
    case ReplacedSide::remote:
      break;
  }
  return facts.replacesRemote > kFewFiles;
}

bool mayReplaceAll(const SafetyFacts& facts, ReplacedSide side) {
  if (!mayReplaceMany(facts, side)) return false;
  switch (side) {
    case ReplacedSide::local:
      return facts.replacesLocal + (facts.removesLocal - facts.forgets) >= facts.localFiles;
    case ReplacedSide::remote:
      break;
  }
  return facts.replacesRemote + facts.removesRemote >= facts.localFiles;
}

Hold holdReplacing(const SafetyFacts& facts, ReplacedSide side) {
  switch (side) {
    case ReplacedSide::local:
      return {std::string(kAllReplacedLocal),
              "all " + std::to_string(facts.replacesLocal) +
                  " files changed in the cloud at once: was it restored, or encrypted by somebody? "
                  "None of them is replaced on this device before you confirm it (cloudsync plan, "
                  "cloudsync confirm)",
              {PlanOp::Kind::download},
              HoldExtent::replacing};
    case ReplacedSide::remote:
      break;
  }
  return {std::string(kAllReplacedRemote),
          "all " + std::to_string(facts.replacesRemote) +
              " files changed on this device at once: were they restored, or encrypted by "
              "somebody? None of them is replaced in the cloud before you confirm it (cloudsync "
              "plan, cloudsync confirm)",
          {PlanOp::Kind::upload},
          HoldExtent::replacing};
}

std::optional<Halt> judgeLocalRoot(const RootIdentity& identity, const RootPlace& place) {
  if (identity.remembered.empty()) return std::nullopt;
  if (identity.found.empty()) {
    return haltOfRoot("local-root-unmarked",
                      "the root " + place.now +
                          " has no marker .cloudsync/root: is its disk mounted?" +
                          std::string(kIfMeant),
                      "");
  }
  if (identity.remembered != identity.found) {
    return haltOfRoot("local-root-foreign",
                      "the root " + place.now +
                          " belongs to another space: its marker .cloudsync/root has another id" +
                          std::string(kIfMeant),
                      identity.found);
  }
  if (place.remembered.empty() || place.remembered == place.now) return std::nullopt;
  return haltOfRoot("local-root-moved",
                    "the root was moved from " + place.remembered + " to " + place.now +
                        ". Nothing is done before you confirm that (cloudsync confirm)",
                    place.now);
}

std::optional<Halt> judgeRemoteRoot(const RootIdentity& identity) {
  if (identity.remembered.empty() || identity.remembered == identity.found) return std::nullopt;
  if (identity.found.empty()) {
    return haltOfRoot("remote-unmarked",
                      "the remote has lost its marker .cloudsync/root: was it emptied, or is the "
                      "URL another one?" +
                          std::string(kIfMeant),
                      "");
  }
  return haltOfRoot("remote-foreign",
                    "the remote is another one than before: its marker .cloudsync/root has another "
                    "id" +
                        std::string(kIfMeant),
                    identity.found);
}

Halt rootIsMissing(const std::string& path, const std::string& why) {
  Halt halt;
  halt.reason = "local-root-missing";
  halt.subject = Halt::Subject::nothing;
  halt.message = "the root " + path + " is gone (" + why +
                 "). Nothing is deleted. Bring it back, or mount its disk";
  return halt;
}

bool wentBack(const RemoteEpoch& remembered, const std::vector<RemoteEpoch>& history) {
  if (remembered.number == 0) return false;
  if (history.empty()) return true;
  if (remembered.number < history.back().number) return false;
  return std::find(history.begin(), history.end(), remembered) == history.end();
}

}  // namespace cloudsync
