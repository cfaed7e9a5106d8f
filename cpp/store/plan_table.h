#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "store/rows.h"
#include "store/sqlite.h"
#include "store/state_store.h"

namespace cloudsync {

// The table `plan`, on the writing connection; the caller holds the transaction. Rows stand in the
// order of their sequence and have no other index: appending and settling are what a first run of
// ten million files does most, and whoever reads goes through all of them anyway.
class PlanTable {
 public:
  explicit PlanTable(Database& database);
  Status add(SpaceId space, std::span<const PlanOp> ops);
  Result<std::vector<PlanOp>> page(SpaceId space, std::span<const PlanOp::Kind> kinds,
                                   std::optional<std::int64_t> after, StateStore::Order order,
                                   std::size_t limit);
  Result<std::vector<PlanOp>> withOutcome(SpaceId space, PlanOp::Outcome outcome,
                                          std::size_t limit);
  Status settle(SpaceId space, const PlanOp& op);
  Status hold(SpaceId space, std::span<const PlanOp::Kind> kinds, std::string_view reason);
  Result<PlanCounts> counts(SpaceId space);
  // Removes the first `limit` rows; false: none are left.
  Result<bool> removeSome(SpaceId space, std::int64_t limit);

 private:
  Statement last_;
  Statement insert_;
  Statement ascending_;
  Statement descending_;
  Statement withOutcome_;
  Statement settle_;
  Statement hold_;
  Statement counts_;
  Statement first_;
  Statement removeBelow_;
};

}  // namespace cloudsync
