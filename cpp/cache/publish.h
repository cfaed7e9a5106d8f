#pragma once

#include <span>
#include <vector>

#include "cache/folder_syncs.h"
#include "cache/trash.h"
#include "cache/witness.h"
#include "cache/workplace.h"

namespace cloudsync {

// One round of ContentStore::publish.
//
// Every item goes through: checked -> licensed -> placed -> on disk -> claimed. Its licence is
// revoked with the claim, or when it was refused and nothing of the user's is under a private
// name. An item that got stuck half way keeps its licence, and recover() finishes it.
class Publishing {
 public:
  Publishing(Workplace& place, std::span<Staged> round);
  Result<std::vector<Placement>> run();

 private:
  enum class Stage {
    checked,  // may go on
    placed,   // visible
    refused,  // nothing was changed; `placement` says why
    stuck,    // neither: the licence stays
  };
  struct Item {
    Staged& staged;
    RelPath key;
    RelPath part;
    RelPath trash;            // where the old content goes; unset for a new name
    std::uint64_t inode = 0;  // of the part
    Stage stage = Stage::checked;
    Placement placement;
    std::int64_t licence = 0;  // to be revoked at the end; 0: none, or it stays
  };

  void check(Item& item);
  void reserveTrash();
  void license();
  void place(Item& item);
  void placeNew(Item& item);
  void replace(Item& item);
  void replaceInTwoSteps(Item& item, Witness& old, Witness& fresh);
  void moveOldToTrash(Item& item);
  void undoExchange(Item& item, Witness& fresh);
  void putOldBack(Item& item);
  void keepPart(Item& item, Witness& fresh);
  void claim(Item& item, Witness& fresh);
  void bringToDisk();
  Status commit();

  void refuse(Item& item, Error error);
  void stick(Item& item, Error error);

  Workplace& place_;
  Folder& root_;
  std::span<Staged> round_;
  FolderSyncs syncs_;
  TrashRound trash_;
  std::vector<Item> items_;
};

}  // namespace cloudsync
