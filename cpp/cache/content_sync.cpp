#include "cache/content_sync.h"

#include <cstddef>
#include <vector>

#include "fs/sync_files.h"

namespace cloudsync {

void syncContents(Folder& root, std::span<Staged> round) {
  std::vector<Staged*> unsynced;
  std::vector<File*> files;
  for (Staged& staged : round) {
    if (!staged.unsynced) continue;
    unsynced.push_back(&staged);
    files.push_back(staged.unsynced.get());
  }
  std::vector<Status> synced = syncFiles(root, files);
  for (std::size_t i = 0; i < unsynced.size(); ++i) {
    if (!synced[i]) unsynced[i]->syncFailure = synced[i].error();
    unsynced[i]->unsynced.reset();
  }
}

}  // namespace cloudsync
