#include "sync/plan_report.h"

#include <array>
#include <string>
#include <string_view>

#include "base/sha256.h"
#include "sync/context.h"

namespace cloudsync {

namespace {

constexpr std::size_t kMostShown = 1000;

std::string_view nameOf(PlanOp::Kind kind) {
  switch (kind) {
    case PlanOp::Kind::makeLocalDirectory:
      return "makeLocalDirectory";
    case PlanOp::Kind::makeRemoteDirectory:
      return "makeRemoteDirectory";
    case PlanOp::Kind::recordCloud:
      return "recordCloud";
    case PlanOp::Kind::download:
      return "download";
    case PlanOp::Kind::upload:
      return "upload";
    case PlanOp::Kind::compare:
      return "compare";
    case PlanOp::Kind::removeLocal:
      return "removeLocal";
    case PlanOp::Kind::removeRemote:
      return "removeRemote";
    case PlanOp::Kind::removeLocalDirectory:
      return "removeLocalDirectory";
    case PlanOp::Kind::removeRemoteDirectory:
      return "removeRemoteDirectory";
    case PlanOp::Kind::forget:
      return "forget";
    case PlanOp::Kind::adopt:
      return "adopt";
    case PlanOp::Kind::moveLocal:
      return "moveLocal";
    case PlanOp::Kind::moveRemote:
      return "moveRemote";
  }
  return "";
}

std::string_view nameOf(PlanOp::Outcome outcome) {
  switch (outcome) {
    case PlanOp::Outcome::pending:
      return "pending";
    case PlanOp::Outcome::done:
      return "done";
    case PlanOp::Outcome::failed:
      return "failed";
    case PlanOp::Outcome::postponed:
      return "postponed";
    case PlanOp::Outcome::held:
      return "held";
  }
  return "";
}

}  // namespace

Result<PlanInfo> readPlan(StateStore& store, SpaceId space) {
  constexpr std::array kShown = {PlanOp::Outcome::held, PlanOp::Outcome::failed,
                                 PlanOp::Outcome::postponed, PlanOp::Outcome::pending};
  PlanInfo info;
  Sha256Hasher identity;
  auto hash = [&identity](std::string_view text) {
    identity.update({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  for (PlanOp::Outcome outcome : kShown) {
    Result<std::vector<PlanOp>> ops = store.planOutcomes(space, outcome, kMostShown);
    if (!ops.ok()) return ops.error();
    for (const PlanOp& op : *ops) {
      if (outcome == PlanOp::Outcome::held && info.halted.empty()) info.halted = op.message;
      hash(nameOf(op.kind));
      hash(op.key);
      info.ops.push_back({std::string(nameOf(op.kind)), printable(op.key), op.size,
                          std::string(nameOf(outcome)), op.message});
    }
  }
  // The same operations have the same id: what is confirmed is exactly what was shown.
  info.id = identity.finish().hex().substr(0, 16);
  return info;
}

}  // namespace cloudsync
