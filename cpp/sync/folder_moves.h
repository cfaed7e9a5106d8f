#pragma once

#include "base/result.h"
#include "sync/context.h"
#include "sync/planner.h"

namespace cloudsync {

// Directories that were renamed here: plans the moves of what the cloud alone has of them. Such
// files have no entry on the disk that could tell where they went; their directory does.
Status moveAlong(const SyncContext& context, PlanSummary& summary);

}  // namespace cloudsync
