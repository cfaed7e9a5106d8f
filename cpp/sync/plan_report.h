#pragma once

#include "events/event.h"
#include "store/state_store.h"

namespace cloudsync {

// The plan in the state store, as a person or a program is shown it: what waits, what is held and
// why, what failed. The first thousand operations of each.
Result<PlanInfo> readPlan(StateStore& store, SpaceId space);

// The same after looking failed: a space whose root is not the one that is remembered has no plan,
// but a reason why. Any other failure is returned.
Result<PlanInfo> planUnlessHalted(const Error& failure, StateStore& store, SpaceId space);

}  // namespace cloudsync
