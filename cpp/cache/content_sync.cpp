#include "cache/content_sync.h"

#include <cstddef>
#include <vector>

namespace cloudsync {

namespace {

constexpr std::size_t kWorthOneForAll = 4;

}  // namespace

// One call for the whole file system costs one commit of its journal and one flush of the disk; an
// fsync for each file costs both again and again (docs/performance.md).
void syncContents(Folder& root, std::span<Staged> round) {
  std::vector<Staged*> unsynced;
  for (Staged& staged : round) {
    if (staged.unsynced) unsynced.push_back(&staged);
  }
  bool together = unsynced.size() >= kWorthOneForAll && root.syncsAllAtOnce();
  // It may fail for somebody else's file: then each file says for itself.
  bool done = together && root.syncAll().ok();
  for (Staged* staged : unsynced) {
    Status synced = done ? Status() : staged->unsynced->sync();
    if (!synced) staged->syncFailure = synced.error();
    staged->unsynced.reset();
  }
}

}  // namespace cloudsync
