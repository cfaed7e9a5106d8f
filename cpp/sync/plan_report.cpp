#include "sync/plan_report.h"

#include <array>
#include <string>
#include <string_view>

#include "sync/context.h"
#include "sync/plan_digest.h"

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
  PlanInfo info;
  Result<std::vector<Halt>> halts = store.halts(space);
  if (!halts.ok()) return halts.error();
  for (Halt& halt : *halts) info.halts.push_back({halt.reason, halt.message});
  Result<PlanCounts> counts = store.planCounts(space);
  if (!counts.ok()) return counts.error();
  for (const PlanCounts::Group& group : counts->groups) {
    info.totals.push_back({std::string(nameOf(group.kind)), std::string(nameOf(group.outcome)),
                           group.count, group.bytes});
  }
  constexpr std::array kShown = {PlanOp::Outcome::held, PlanOp::Outcome::failed,
                                 PlanOp::Outcome::postponed, PlanOp::Outcome::pending};
  PlanDigest digest;
  for (PlanOp::Outcome outcome : kShown) {
    Result<std::vector<PlanOp>> ops = store.planOutcomes(space, outcome, 0, kMostShown);
    if (!ops.ok()) return ops.error();
    for (const PlanOp& op : *ops) {
      digest.add(op);
      info.ops.push_back({std::string(nameOf(op.kind)), printable(op.key), op.size,
                          std::string(nameOf(outcome)), op.message});
    }
  }
  // What is confirmed by the id of a halt is all that waits for it, however much is shown.
  info.id = halts->empty() ? digest.name("", {}) : halts->front().planId;
  return info;
}

Result<PlanInfo> planUnlessHalted(const Error& failure, StateStore& store, SpaceId space) {
  if (failure.kind != ErrorKind::halted) return failure;
  Result<PlanInfo> plan = readPlan(store, space);
  if (plan.ok() && plan->halts.empty()) return failure;
  return plan;
}

}  // namespace cloudsync
