#pragma once

#include <cstddef>
#include <memory>

#include "base/entry_batch.h"
#include "base/key_range.h"
#include "base/scheduler.h"
#include "fs/file_system.h"
#include "fs/walk_filter.h"

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
  // Entries outside of it are neither read nor handed on, but for the directories that hold its
  // beginning: those are, so that what is unknown in one of them is told.
  KeyRange range;
  // Leaves out entries; null: none. The filter that `below`'s parent has, if it has one.
  std::shared_ptr<const WalkFilter> filter;
  std::size_t batchSize = 4096;
  // Directories (or parts of large ones) read ahead at the same time, handed on in order.
  std::size_t inFlight = 2;
};

// Walks a directory tree in EntryKey order, each directory sorted by itself: memory grows with the
// largest directory (its names) and the depth, not with the tree; no descriptor is held between two
// reads. Never follows a symlink, skips the directory `.cloudsync` at the top.
//
// What cannot be seen is unknown, not absent:
//  - A directory that cannot be read is its own entry, then `unknown` for all that is below it.
//  - A mount point is `special` (it is never crossed), then `unknown` for what it hides.
//  - An entry that changed its type during the walk is `unknown`.
//  - A directory that vanished after it was listed is left out. When the root itself was removed,
//    the stream fails.
// A name that cannot be carried is `badName` and not descended into. What the filter leaves out is
// `ignored`, without facts, and not descended into.
//
// `root` outlives the stream's first next(); the scheduler outlives the stream and what it reads
// ahead. Dropping the stream at any time is fine.
std::unique_ptr<LocalStream> walk(Scheduler& scheduler, Folder& root, WalkOptions options);

}  // namespace cloudsync
