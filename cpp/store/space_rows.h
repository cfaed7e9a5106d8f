#pragma once

#include "base/ids.h"
#include "store/sqlite.h"

namespace cloudsync {

// Every row that a space has in the tables of the engine, to be forgotten at once: for a space that
// is unlinked. On the writing connection; the caller holds the transaction.
class SpaceRows {
 public:
  explicit SpaceRows(Database& database);
  Status erase(SpaceId space);

 private:
  Statement base_;
  Statement licences_;
  Statement downloads_;
  Statement uploads_;
  Statement parts_;
  Statement plan_;
  Statement space_;
};

}  // namespace cloudsync
