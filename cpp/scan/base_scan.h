#pragma once

#include <memory>

#include "base/entry_batch.h"
#include "store/state_store.h"

namespace cloudsync {

using BaseStream = EntryStream<BaseFacts>;

// The base tree of a space as a stream in key order, page by page on a connection of its own.
// Rows that are written behind the reading position while it runs are not seen again.
std::unique_ptr<BaseStream> scanBase(std::unique_ptr<StateReader> reader, SpaceId space);

}  // namespace cloudsync
