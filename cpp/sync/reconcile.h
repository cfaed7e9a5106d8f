#pragma once

#include <optional>

#include "store/rows.h"
#include "sync/doubts.h"
#include "sync/triple.h"

namespace cloudsync {

// What a space wants, as far as deciding needs to know it.
struct ReconcilePolicy {
  bool keepAllLocal = true;        // content policy `all`; false: on-demand
  bool mediaOnly = false;          // the gallery: only media among new local files
  std::optional<Doubts> doubts{};  // the machine went down: not everything here is somebody's doing
};

// What is to be done about one key.
struct Decision {
  enum class Act {
    nothing,
    record,   // no side changes: write the row that `row` describes
    erase,    // no side changes: drop the row
    judge,    // a new local file in a media-only space: look at its first bytes, then upload
    operate,  // an operation for the plan
  };
  Act act = Act::nothing;
  PlanOp::Kind kind = PlanOp::Kind::upload;  // operate, judge

  friend bool operator==(const Decision&, const Decision&) = default;
};

// PURE. Decides from three trees what one key needs: same input, same answer, no clock, no I/O.
//
// Rules, in this order: what is unknown on a side is never acted on from the other; one side
// changed -> it wins; both changed -> `compare`, which adopts equal bytes and keeps both of
// different ones; delete against edit -> the edit survives; no base -> union, nothing is deleted;
// a cloud-only file's absence from the disk is not a deletion.
Decision reconcile(const Triple& triple, const ReconcilePolicy& policy);

// PURE. Has the disk lost what both sides had, so that it is fetched again and never taken for an
// edit or a deletion?
bool isLostHere(const Triple& triple, const ReconcilePolicy& policy);

// PURE. `reconcile` for a base that cannot be believed (it came back from a backup): as if there
// were none, so that nothing is deleted; what neither side has any more is dropped.
Decision reconcileAsUnion(Triple triple, const ReconcilePolicy& policy);

}  // namespace cloudsync
