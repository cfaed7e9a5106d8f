#pragma once

#include <span>
#include <vector>

#include "cache/folder_syncs.h"
#include "cache/workplace.h"

namespace cloudsync {

class Witness;

// One round of ContentStore::relocate: user's files get the names that the cloud gave their
// content. A rename destroys nothing, so there is no licence: after a crash both trees have the new
// name, and the next run adopts what it finds there.
class Relocating {
 public:
  Relocating(Workplace& place, std::span<const Relocation> round);
  Result<std::vector<Placement>> run();

 private:
  Placement relocate(const Relocation& item);
  Result<BaseRow> agreedRow(const Relocation& item);
  Placement claim(const Relocation& item, const Witness& file, BaseRow row) const;
  Status commit(std::span<Placement> placements);

  Workplace& place_;
  Folder& root_;
  std::span<const Relocation> round_;
  FolderSyncs syncs_;
};

}  // namespace cloudsync
