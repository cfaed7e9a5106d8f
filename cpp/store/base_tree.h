#pragma once

#include <optional>
#include <string_view>

#include "base/ids.h"
#include "store/rows.h"
#include "store/sqlite.h"
#include "store/state_store.h"

namespace cloudsync {

// Questions to the base table, on any connection. One thread at a time.
class BaseReads {
 public:
  explicit BaseReads(Database& database);
  Result<std::optional<BaseRow>> find(SpaceId space, std::string_view key);
  Result<BaseBatch> page(SpaceId space, std::string_view after, std::string_view end,
                         std::size_t limit);

 private:
  Statement find_;
  Statement pageToEnd_;
  Statement pageBelow_;
};

// Changes to it, and totals, on the writing connection; the caller holds the transaction.
class BaseWrites {
 public:
  explicit BaseWrites(Database& database);
  Status apply(SpaceId space, const BaseChange& change);
  Status touch(SpaceId space, std::string_view key, Nanoseconds accessedAt);
  Status mark(SpaceId space, std::string_view key, Mark mark);
  Result<SpaceTotals> totals(SpaceId space);
  Result<Nanoseconds> lastLook(SpaceId space);

 private:
  Status put(SpaceId space, const BaseRow& row);

  Statement put_;
  Statement erase_;
  Statement touch_;
  Statement mark_;
  Statement totals_;
  Statement lastLook_;
};

}  // namespace cloudsync
