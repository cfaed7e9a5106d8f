#pragma once

#include "events/event.h"
#include "store/state_store.h"

namespace cloudsync {

// The plan in the state store, as a person or a program is shown it: what waits, what is held and
// why, what failed. The first thousand operations of each.
Result<PlanInfo> readPlan(StateStore& store, SpaceId space);

}  // namespace cloudsync
