#pragma once

#include <cstdint>
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
  // The last of `count` new ids.
  Result<TaskId> takeTaskIds(std::int64_t count);

 private:
  Statement insert_;
  Statement select_;
  Statement update_;
  Statement nextTask_;
};

}  // namespace cloudsync
