#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "base/task.h"
#include "sync/context.h"
#include "sync/planner.h"

namespace cloudsync {

// Finds moves in a plan that was just made, and rewrites it: what would have been sent under its
// new name and removed under its old one becomes `moveRemote`; the same on the other side
// `moveLocal`. Nothing is held in memory, and a plan that removes nothing costs nothing here.
//
// A local file is known again by its inode and times (move_marks.h); a local directory likewise,
// and what the cloud alone has of it moves along. An object of the cloud is known again by its
// SHA-256, which a HEAD tells. A move is a shortcut and nothing else: whatever makes it fail, the
// same two trees planned without moves come to the same end.
//
// What takes the place of something else (two names that were swapped) is sent: there is no moment
// then at which others find a name without its content, as there would be with a third name.
Task<Status> findMoves(SyncContext context, NoMoves noMoves, PlanSummary& summary,
                       CancelToken cancel);

}  // namespace cloudsync
