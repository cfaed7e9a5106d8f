#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/rows.h"
#include "store/sqlite.h"

namespace cloudsync {

// The questions that find moves in the table `plan`, on the writing connection; the caller holds
// the transaction. They go through what arrives in the order of the plan, and look into the index
// of what leaves.
class PlanMoves {
 public:
  explicit PlanMoves(Database& database);
  Result<std::vector<PlanMatch>> matchByPrint(SpaceId space, PlanOp::Kind arrivals,
                                              PlanOp::Kind departures, std::int64_t after,
                                              std::size_t limit);
  Result<std::vector<PlanOp>> downloadsLikeRemovals(SpaceId space, std::int64_t after,
                                                    std::size_t limit);
  Result<std::optional<PlanOp>> find(SpaceId space, PlanOp::Kind kind, std::string_view was);
  Status rewrite(SpaceId space, const PlanOp& op);
  Status takeOut(SpaceId space, std::int64_t sequence);

 private:
  Statement matchFiles_;
  Statement matchFolders_;
  Statement downloads_;
  Statement find_;
  Statement rewrite_;
  Statement takeOut_;
};

}  // namespace cloudsync
