#include "cache/freeing.h"

#include <algorithm>
#include <utility>

#include "cache/layout.h"
#include "cache/licence_round.h"
#include "cache/root_marker.h"
#include "cache/way_back.h"
#include "store/racy.h"

namespace cloudsync {

namespace {

constexpr std::size_t kOpenAtOnce = 64;

Error notPermitted(const RelPath& key, std::string why) {
  return Error{ErrorKind::notPermitted, std::move(why), key.text(), 0};
}

// What the caller of free() hears when the last look found something else.
Error asRefusal(const Error& error, const RelPath& key) {
  if (error.kind != ErrorKind::changed) return error;
  return notPermitted(key, "it changed since it was synced");
}

Placement postponed(Error error) {
  return Placement{Placement::Kind::postponed, std::move(error), {}};
}

}  // namespace

Result<std::vector<Placement>> Freeing::run() {
  std::vector<Placement> placements;
  placements.reserve(round_.size());
  for (std::size_t at = 0; at < round_.size(); at += kOpenAtOnce) {
    Result<std::vector<Placement>> group =
        freeGroup(round_.subspan(at, std::min(kOpenAtOnce, round_.size() - at)));
    if (!group) return group.error();
    std::move(group->begin(), group->end(), std::back_inserter(placements));
  }
  return placements;
}

Result<std::vector<Placement>> Freeing::freeGroup(std::span<const Removal> group) {
  std::vector<Item> items;
  items.reserve(group.size());
  for (const Removal& removal : group) {
    items.push_back(Item{
        removal, RelPath::trusted(removal.key), {}, {}, {}, {}, Whereabouts::atItsName, false, 0});
    admit(items.back());
  }
  Status licensed = license(items);
  if (!licensed) return licensed.error();
  for (Item& item : items) {
    if (item.placement.kind == Placement::Kind::done) moveAway(item);
  }
  bringToDisk(items);
  Status committed = makeCloudOnly(items);
  if (!committed) return committed.error();
  for (Item& item : items) {
    if (item.placement.kind == Placement::Kind::done) unlink(item);
  }
  Status settled = settle(items);
  if (!settled) return settled.error();
  std::vector<Placement> placements;
  placements.reserve(items.size());
  for (Item& item : items) placements.push_back(std::move(item.placement));
  return placements;
}

// The row decides, as it is now: the caller's copy is as old as his answer from the cloud.
void Freeing::admit(Item& item) {
  const Removal& removal = item.removal;
  auto refuse = [&item](std::string why) {
    item.placement = Placement{Placement::Kind::failed, notPermitted(item.key, std::move(why)), {}};
  };
  if (faultOf(removal.key) != NameFault::none || removal.key.ends_with('/')) {
    return refuse("only a file can be freed");
  }
  Result<std::optional<BaseRow>> row = place_.row(removal.key);
  if (!row) {
    item.placement = Placement{Placement::Kind::failed, row.error(), {}};
    return;
  }
  if (!*row || (*row)->facts.standing != Standing::synced || !(*row)->facts.local) {
    return refuse("it is not synced, or its content is not here");
  }
  const BaseFacts& facts = (*row)->facts;
  if (facts.pinned) return refuse("it is pinned");
  if (!facts.sha256 || facts.sha256 != removal.row.facts.sha256 ||
      (*row)->remoteVersion != removal.row.remoteVersion || facts.fingerprint != removal.expected) {
    return refuse("it was synced again since it was compared with the cloud");
  }
  item.row = std::move(**row);
}

Status Freeing::license(std::vector<Item>& items) {
  LicenceRound licences;
  for (Item& item : items) {
    if (item.placement.kind != Placement::Kind::done) continue;
    item.away = tmpFolder().child(place_.needs.random.token());
    licences.add(Licence::Kind::free, item.removal, item.away, item.licence);
  }
  if (licences.empty()) return Status();
  Status granted = licences.grant(place_);
  if (!granted) return granted;
  Status raised = raiseGenerationOnce();
  if (raised) return raised;
  for (Item& item : items) {
    if (item.licence == 0) continue;
    item.placement = Placement{Placement::Kind::failed, raised.error(), {}};
  }
  return Status();
}

Status Freeing::raiseGenerationOnce() {
  if (generationRaised_) return Status();
  Result<std::uint64_t> raised = raiseGeneration(place_.needs.root, place_.needs.random);
  if (!raised) return raised.error();
  generationRaised_ = true;
  return Status();
}

void Freeing::moveAway(Item& item) {
  Folder& root = place_.needs.root;
  Result<Witness> file = Witness::look(root, item.key, item.removal.expected);
  if (!file) {
    bool gone = !meansMoved(file.error().kind);
    item.placement = gone ? Placement{Placement::Kind::failed, file.error(), {}}
                          : postponed(asRefusal(file.error(), item.key));
    return;
  }
  Status moved = root.moveNoReplace(item.key, item.away);
  if (!moved) {
    item.placement = refused(moved.error());
    return;
  }
  syncs_.add(item.away.parent());
  syncs_.add(item.key.parent());
  item.whereabouts = Whereabouts::away;
  item.witness.emplace(std::move(*file));
  const BaseFacts& facts = item.row.facts;
  bool onlyContentTells =
      !item.witness->leased() || racyByChangeTime(facts.fingerprint, facts.lookedAt);
  bool same = item.witness->untouchedAt(item.away, std::nullopt) &&
              (!onlyContentTells || item.witness->holds(*facts.sha256)) &&
              item.witness->stillUntouchedAt(item.away);
  if (!same) putBack(item, notPermitted(item.key, "it changed since it was synced"));
}

// Back to its name, lease and all: a writer who waits in open() goes on only afterwards, with the
// file where he looked for it.
void Freeing::putBack(Item& item, Error reason) {
  Result<RelPath> back = WayBack(place_, syncs_).toItsName(item.away, item.key);
  item.witness.reset();
  if (back) {
    item.whereabouts = Whereabouts::atItsName;
    item.placement = postponed(std::move(reason));
  } else {
    item.placement = Placement{Placement::Kind::failed, back.error(), {}};
    item.licence = 0;
  }
}

void Freeing::bringToDisk(std::vector<Item>& items) {
  syncs_.run(place_.needs.root);
  for (Item& item : items) {
    const Error* error = syncs_.failureFor(item.key);
    if (!error) continue;
    if (item.placement.kind == Placement::Kind::done) putBack(item, *error);
    item.licence = 0;
  }
}

// Every file that is away, also one that could not be put back: under a row that says `local` the
// next scan would take its absence for the user's deletion, and delete it in the cloud.
Status Freeing::makeCloudOnly(std::vector<Item>& items) {
  std::vector<BaseChange> changes;
  for (Item& item : items) {
    if (item.whereabouts != Whereabouts::away) continue;
    BaseRow row = item.row;
    row.facts.local = false;
    row.facts.mark = Mark::freed;
    row.facts.fingerprint = Fingerprint();
    if (item.placement.kind == Placement::Kind::done) item.placement.row = row;
    changes.push_back({BaseChange::Kind::put, std::move(row)});
  }
  if (changes.empty()) return Status();
  Status committed = place_.needs.store.commit(place_.needs.space, changes);
  for (Item& item : items) {
    if (item.whereabouts != Whereabouts::away) continue;
    item.cloudOnly = committed.ok();
    if (!committed) putBack(item, committed.error());
  }
  if (!committed) syncs_.run(place_.needs.root);
  return committed;
}

// One more look: a program may have found the name before the rename and opened the file after it.
void Freeing::unlink(Item& item) {
  if (!item.witness->stillUntouchedAt(item.away)) {
    return putBack(item, notPermitted(item.key, "it was opened for writing"));
  }
  // Without a lease nothing tells of a program that has had the file open for writing all along.
  // The row is cloud-only already, but the bytes wait under their licence for a later look, by
  // recover(): a test found a late write gone with an unlink here.
  if (!item.witness->leased()) {
    item.witness.reset();
    item.licence = 0;
    return;
  }
  Status removed = place_.needs.root.removeFile(item.away);
  item.witness.reset();
  if (removed) {
    item.whereabouts = Whereabouts::unlinked;
  } else {
    item.licence = 0;  // out of sight already; recover() removes it
  }
}

// The licences end last. Were they revoked with the rows, a crash before the unlink would leave a
// file that nobody looks at again, and what a late writer puts into it would go with the temp
// files.
Status Freeing::settle(std::vector<Item>& items) {
  syncs_.run(place_.needs.root);  // of what was put back
  std::vector<BaseChange> changes;
  std::vector<std::int64_t> revoke;
  for (Item& item : items) {
    bool back = item.cloudOnly && item.whereabouts == Whereabouts::atItsName;
    if (back) changes.push_back({BaseChange::Kind::put, item.row});
    if (back && syncs_.failureFor(item.key)) continue;
    if (item.licence != 0) revoke.push_back(item.licence);
  }
  if (changes.empty() && revoke.empty()) return Status();
  return place_.needs.store.commit(place_.needs.space, changes, revoke);
}

}  // namespace cloudsync
