#pragma once

#include <cstddef>
#include <memory>

#include "base/entry_batch.h"
#include "base/key_range.h"
#include "base/key_set.h"
#include "store/state_store.h"

namespace cloudsync {

using BaseStream = EntryStream<BaseFacts>;

// The base tree of a space as a stream in key order, page by page on a connection of its own.
// Rows that are written behind the reading position while it runs are not seen again.
struct BaseScanOptions {
  KeyRange range;
  std::size_t rowsPerPage = 4096;
};
std::unique_ptr<BaseStream> scanBase(std::unique_ptr<StateReader> reader, SpaceId space,
                                     BaseScanOptions options = {});

// Those of its rows that a set of keys holds.
std::unique_ptr<BaseStream> scanBase(std::unique_ptr<StateReader> reader, SpaceId space,
                                     KeySet keys);

}  // namespace cloudsync
