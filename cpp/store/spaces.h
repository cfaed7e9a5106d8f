#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "store/rows.h"
#include "store/sqlite.h"

namespace cloudsync {

// The tables `space` and `store`, on the writing connection; the caller holds the transaction.
class Spaces {
 public:
  explicit Spaces(Database& database);
  Result<SpaceRow> open(std::string_view name);
  Status save(const SpaceRow& space);

  // Rows that are written with the next transaction, whoever begins it: savePending() in it, and
  // pendingSaved() when it is committed.
  void saveLater(const SpaceRow& space) { pending_.insert_or_assign(space.id.value, space); }
  bool hasPending() const { return !pending_.empty(); }
  Status savePending();
  void pendingSaved() { pending_.clear(); }

  // The last of `count` new ids.
  Result<TaskId> takeTaskIds(std::int64_t count);

 private:
  Statement insert_;
  Statement select_;
  Statement update_;
  Statement nextTask_;
  std::map<std::int64_t, SpaceRow> pending_;
};

}  // namespace cloudsync
