#pragma once

#include <memory>

#include "store/open_database.h"
#include "store/state_store.h"

namespace cloudsync {

// StateStore::open with everything it decides by itself given: for tests of this room.
Result<std::unique_ptr<StateStore>> openStateStore(const StoreOptions& options);

}  // namespace cloudsync
