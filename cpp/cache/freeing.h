#pragma once

#include <optional>
#include <span>
#include <vector>

#include "cache/folder_syncs.h"
#include "cache/witness.h"
#include "cache/workplace.h"

namespace cloudsync {

// One call of ContentStore::free: content that the cloud holds leaves the disk (promise P4).
//
// Each file stays open, under a lease where there are leases, from the last look before its rename
// until its unlink; so a round goes in groups of a bounded number of descriptors. Each group:
// licences (durable) -> away to private names -> directories on disk -> rows become cloud-only ->
// one more look -> unlink -> licences revoked. Until that revocation recover() can still decide. On
// a file system without leases the unlink is left to recover(), at the next start.
class Freeing {
 public:
  Freeing(Workplace& place, std::span<const Removal> round) : place_(place), round_(round) {}
  Result<std::vector<Placement>> run();

 private:
  enum class Whereabouts {
    atItsName,  // or in a conflict copy beside it: where a user finds it
    away,       // under its private name
    unlinked,
  };
  struct Item {
    const Removal& removal;
    RelPath key;
    RelPath away;                    // its private name
    BaseRow row;                     // as it was
    std::optional<Witness> witness;  // while it is away
    Placement placement;             // done until something says otherwise
    Whereabouts whereabouts = Whereabouts::atItsName;
    bool cloudOnly = false;    // its row says so
    std::int64_t licence = 0;  // to be revoked at the end; 0: none, or it stays
  };

  Result<std::vector<Placement>> freeGroup(std::span<const Removal> group);
  void admit(Item& item);
  Status license(std::vector<Item>& items);
  Status raiseGenerationOnce();
  void moveAway(Item& item);
  void bringToDisk(std::vector<Item>& items);
  Status makeCloudOnly(std::vector<Item>& items);
  void unlink(Item& item);
  void putBack(Item& item, Error reason);
  Status settle(std::vector<Item>& items);

  Workplace& place_;
  std::span<const Removal> round_;
  FolderSyncs syncs_;
  bool generationRaised_ = false;
};

}  // namespace cloudsync
