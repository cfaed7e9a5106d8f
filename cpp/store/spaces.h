#pragma once

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
  Result<TaskId> nextTaskId();

 private:
  Statement insert_;
  Statement select_;
  Statement update_;
  Statement nextTask_;
};

}  // namespace cloudsync
