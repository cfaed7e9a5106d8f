#pragma once

#include <span>
#include <vector>

#include "store/rows.h"
#include "store/sqlite.h"

namespace cloudsync {

// The table `licence`, on the writing connection; the caller holds the transaction, and for grant
// commits it with Durability::onDisk.
class Licences {
 public:
  explicit Licences(Database& database);
  Status grant(SpaceId space, std::span<Licence> licences);  // fills in the ids
  Status revoke(SpaceId space, std::int64_t id);
  Result<std::vector<Licence>> all(SpaceId space);

 private:
  Database& database_;
  Statement insert_;
  Statement erase_;
  Statement select_;
};

}  // namespace cloudsync
