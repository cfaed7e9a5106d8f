#pragma once

#include <cstddef>
#include <memory>

#include "base/entry_batch.h"
#include "base/scheduler.h"
#include "fs/file_system.h"

namespace cloudsync {

// What a look at the disk tells of an entry.
struct LocalFacts {
  FileStat stat;
};

using LocalBatch = EntryBatch<LocalFacts>;
using LocalStream = EntryStream<LocalFacts>;

struct WalkOptions {
  // Walks below this directory only; keys are relative to the root all the same.
  RelPath below;
  std::size_t batchSize = 4096;
  // Directories read at the same time; they are handed on in order.
  std::size_t inFlight = 2;
};

// Walks a directory tree in EntryKey order, each directory sorted by itself: memory grows with the
// largest directory and the depth, not with the tree. Never follows a symlink, never leaves the
// device of the root, skips `.cloudsync` at the top. A directory that cannot be read becomes its
// own entry followed by an `unknown` one for what is below it. `root` outlives the stream.
std::unique_ptr<LocalStream> walk(Scheduler& scheduler, Folder& root, WalkOptions options);

}  // namespace cloudsync
