#pragma once

#include <string_view>

#include "sync/reconcile.h"

namespace cloudsync {

// What a person is told of a difference that stays.
inline constexpr std::string_view kNewerInCloud =
    "was changed in the cloud, and this space only uploads: both contents stay where they are, "
    "until "
    "this device's is edited";
inline constexpr std::string_view kNewerHere =
    "was changed on this device, and this space only downloads: both contents stay where they are, "
    "until the cloud's changes";

// PURE. For a space that only downloads: a file that the cloud has no more, and that counts as
// edited only because the look at it is too fresh to be believed, goes; its bytes are compared
// first. With a base that is believed alone: a union deletes nothing.
Decision followDeletion(Decision decision, const Triple& triple, const ReconcilePolicy& policy);

// PURE. What is done instead of `decision`, where the direction of the space forbids to change the
// side that it would change. `triple` has the base as the store has it, believed or not.
//
// upload: what is new or edited or deleted here goes up; what changed in the cloud stays there and
// is told; what was deleted there goes up again. download: the mirror of it, but for deletions
// here: the content is in the cloud only from then on, and comes again when it changes there.
Decision obeyDirection(Decision decision, const Triple& triple, const ReconcilePolicy& policy);

}  // namespace cloudsync
