#pragma once

#include <span>
#include <vector>

#include "cache/folder_syncs.h"
#include "cache/trash.h"
#include "cache/workplace.h"

namespace cloudsync {

// One round of ContentStore::discard: files that were deleted in the cloud leave for the trash.
class Discarding {
 public:
  Discarding(Workplace& place, std::span<const Removal> round);
  Result<std::vector<Placement>> run();

 private:
  struct Item {
    const Removal& removal;
    RelPath key;
    RelPath trash;
    Placement placement;       // done until something says otherwise
    std::int64_t licence = 0;  // to be revoked at the end; 0: none, or it stays
  };

  Status license();
  void discard(Item& item);
  void bringToDisk();
  Status commit();

  Workplace& place_;
  Folder& root_;
  FolderSyncs syncs_;
  TrashRound trash_;
  std::vector<Item> items_;
};

}  // namespace cloudsync
