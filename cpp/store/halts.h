#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/rows.h"
#include "store/sqlite.h"

namespace cloudsync {

// What waits for a person, and what a person released: the tables `halt`, `released` and
// `released_root`, and the outcome `held` in `plan`. On the writing connection; the caller holds
// the transaction.
//
// An operation is released with the state of both sides that the person was shown. A directory is
// released by its name alone: it goes only when it is empty, whatever its times say.
class Halts {
 public:
  explicit Halts(Database& database);

  // Holds back pending operations, but for those that were released; tells how many.
  Result<std::uint64_t> hold(SpaceId space, std::span<const PlanOp::Kind> kinds, HoldExtent extent,
                             std::string_view reason);
  Status set(SpaceId space, std::span<const Halt> halts);  // instead of all there are
  Result<std::vector<Halt>> all(SpaceId space);
  // Everything that waits under this id may go on; false when nothing does.
  Result<bool> release(SpaceId space, std::string_view planId);
  Result<std::optional<std::string>> releasedRoot(SpaceId space, std::string_view reason);
  Status forgetReleasedRoots(SpaceId space);
  // What was released and is not in the plan any more: its moment has passed.
  Status forgetReleasedBeyondPlan(SpaceId space);
  Status eraseSpace(SpaceId space);

 private:
  Statement hold_;
  Statement insert_;
  Statement clear_;
  Statement select_;
  Statement named_;
  Statement releaseOps_;
  Statement releaseRoots_;
  Statement unhold_;
  Statement releasedRoot_;
  Statement forgetRoots_;
  Statement forgetBeyondPlan_;
  Statement forgetOps_;
};

}  // namespace cloudsync
