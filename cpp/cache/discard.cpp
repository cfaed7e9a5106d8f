#include "cache/discard.h"

#include <utility>

#include "cache/licence_round.h"
#include "cache/way_back.h"
#include "cache/witness.h"

namespace cloudsync {

Discarding::Discarding(Workplace& place, std::span<const Removal> round)
    : place_(place),
      root_(place.needs.root),
      trash_(place.needs.root, place.needs.clock, place.needs.random) {
  items_.reserve(round.size());
  for (const Removal& removal : round) {
    RelPath key = RelPath::trusted(removal.key);
    NameFault fault = faultOf(removal.key);
    if (fault != NameFault::none || removal.key.ends_with('/')) {
      Error error{ErrorKind::invalidName, std::string(describe(fault)), removal.key, 0};
      items_.push_back(Item{removal, key, {}, refused(std::move(error)), 0});
      continue;
    }
    items_.push_back(Item{removal, key, trash_.add(removal.key, TrashReason::discarded), {}, 0});
  }
}

Result<std::vector<Placement>> Discarding::run() {
  Status ready = trash_.seal();
  if (ready) ready = license();
  if (!ready) return ready.error();
  for (Item& item : items_) {
    if (item.placement.kind == Placement::Kind::done) discard(item);
  }
  bringToDisk();
  Status committed = commit();
  if (!committed) return committed.error();
  std::vector<Placement> placements;
  placements.reserve(items_.size());
  for (Item& item : items_) placements.push_back(std::move(item.placement));
  return placements;
}

Status Discarding::license() {
  LicenceRound licences;
  for (Item& item : items_) {
    if (item.placement.kind != Placement::Kind::done) continue;
    licences.add(Licence::Kind::discard, item.removal, item.trash, item.licence);
  }
  return licences.grant(place_);
}

void Discarding::discard(Item& item) {
  Result<Witness> file = Witness::look(root_, item.key, item.removal.expected);
  if (!file) {
    // Deleted here as well: both sides agree, and only the row is left to go.
    if (file.error().kind == ErrorKind::notFound) return;
    item.placement = refused(file.error());
    return;
  }
  Status moved = root_.moveNoReplace(item.key, item.trash);
  if (!moved) {
    item.placement = refused(moved.error());
    return;
  }
  syncs_.add(item.trash.parent());
  syncs_.add(item.key.parent());
  if (file->untouchedAt(item.trash,
                        file->leased() ? std::nullopt
                                       : place_.knownHash(item.removal.key, item.removal.expected)))
    return;
  // An edit survives a deletion: back to its name.
  Result<RelPath> back = WayBack(place_, syncs_).toItsName(item.trash, item.key);
  if (back) {
    item.placement = refused(changedMeanwhile(item.key));
  } else {
    item.placement = Placement{Placement::Kind::failed, back.error(), {}};
    item.licence = 0;
  }
}

// The row goes only when the name is off the disk for good; and no licence ends before that.
void Discarding::bringToDisk() {
  syncs_.run(root_);
  for (Item& item : items_) {
    const Error* error = syncs_.failureFor(item.key);
    if (!error || item.licence == 0) continue;
    item.licence = 0;
    if (item.placement.kind == Placement::Kind::done) {
      item.placement = Placement{Placement::Kind::failed, *error, {}};
    }
  }
}

Status Discarding::commit() {
  std::vector<BaseChange> changes;
  std::vector<std::int64_t> revoke;
  for (Item& item : items_) {
    if (item.licence != 0) revoke.push_back(item.licence);
    if (item.placement.kind != Placement::Kind::done) continue;
    item.placement.row.key = item.removal.key;
    changes.push_back({BaseChange::Kind::erase, item.placement.row});
  }
  if (changes.empty() && revoke.empty()) return Status();
  return place_.needs.store.commit(place_.needs.space, changes, revoke);
}

}  // namespace cloudsync
