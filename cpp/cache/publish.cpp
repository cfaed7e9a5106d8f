#include "cache/publish.h"

#include <utility>

#include "cache/content_sync.h"
#include "cache/layout.h"
#include "cache/licence_round.h"
#include "cache/way_back.h"

namespace cloudsync {

Publishing::Publishing(Workplace& place, std::span<Staged> round)
    : place_(place),
      root_(place.needs.root),
      round_(round),
      trash_(place.needs.root, place.needs.clock, place.needs.random) {
  items_.reserve(round.size());
  for (Staged& staged : round) {
    items_.push_back(Item{staged, RelPath::trusted(staged.key), {}, {}, 0, Stage::checked, {}, 0});
  }
}

Result<std::vector<Placement>> Publishing::run() {
  syncContents(root_, round_);  // nothing is left to do where the caller did it
  for (Item& item : items_) check(item);
  reserveTrash();
  license();
  for (Item& item : items_) {
    if (item.stage == Stage::checked) place(item);
  }
  bringToDisk();
  Status committed = commit();
  if (!committed) return committed.error();
  std::vector<Placement> placements;
  placements.reserve(items_.size());
  for (Item& item : items_) placements.push_back(std::move(item.placement));
  return placements;
}

void Publishing::refuse(Item& item, Error error) {
  item.stage = Stage::refused;
  item.placement = refused(std::move(error));
}

void Publishing::stick(Item& item, Error error) {
  item.stage = Stage::stuck;
  item.placement = Placement{Placement::Kind::failed, std::move(error), {}};
  item.placement.keepsPart = true;
}

// The part must be what the claim says, at least in what a stat tells: a part cut short by a
// damaged disk must not become visible.
void Publishing::check(Item& item) {
  if (item.staged.syncFailure) return refuse(item, *item.staged.syncFailure);
  NameFault fault = faultOf(item.staged.key);
  if (fault != NameFault::none || item.staged.key.ends_with('/')) {
    return refuse(item,
                  Error{ErrorKind::invalidName, std::string(describe(fault)), item.staged.key, 0});
  }
  Result<RelPath> part = partPath(item.staged.partName);
  if (!part) return refuse(item, part.error());
  item.part = *part;
  Result<FileStat> stat = root_.stat(item.part);
  if (!stat) return refuse(item, stat.error());
  if (stat->type != FileType::file || stat->size != item.staged.claim.facts.size) {
    return refuse(item,
                  Error{ErrorKind::corrupt, "the partial file has not the size it should have",
                        item.staged.key, 0});
  }
  item.inode = stat->inode;
  Status parents = syncs_.makeParents(root_, item.key);
  if (!parents) return refuse(item, parents.error());
}

void Publishing::reserveTrash() {
  for (Item& item : items_) {
    if (item.stage == Stage::checked && item.staged.expected) {
      item.trash = trash_.add(item.staged.key, TrashReason::replaced);
    }
  }
  Status sealed = trash_.seal();
  if (sealed) return;
  for (Item& item : items_) {
    if (item.stage == Stage::checked && item.staged.expected) refuse(item, sealed.error());
  }
}

// Without a licence nothing is touched, and the parts may go: what is fetched again is fetched into
// others.
void Publishing::license() {
  LicenceRound licences;
  for (Item& item : items_) {
    if (item.stage != Stage::checked) continue;
    auto kind = item.staged.expected ? Licence::Kind::replace : Licence::Kind::publish;
    Fingerprint expected = item.staged.expected.value_or(Fingerprint());
    licences.add(Licence{0, kind, item.staged.key, item.part.text(), item.inode, expected},
                 item.licence);
  }
  Status granted = licences.grant(place_);
  if (granted) return;
  for (Item& item : items_) {
    if (item.stage == Stage::checked) refuse(item, granted.error());
  }
}

void Publishing::place(Item& item) {
  if (item.staged.expected) {
    replace(item);
  } else {
    placeNew(item);
  }
}

void Publishing::placeNew(Item& item) {
  Result<Witness> fresh = Witness::ofPrivate(root_, item.part);
  if (!fresh) return refuse(item, fresh.error());
  Status moved = root_.moveNoReplace(item.part, item.key);
  if (!moved) return refuse(item, moved.error());
  claim(item, *fresh);
}

void Publishing::replace(Item& item) {
  Result<Witness> fresh = Witness::ofPrivate(root_, item.part);
  if (!fresh) return refuse(item, fresh.error());
  Result<Witness> old = Witness::look(root_, item.key, *item.staged.expected);
  if (!old) return refuse(item, old.error());
  Status mode = fresh->takePermissionsOf(*old);
  if (!mode) return refuse(item, mode.error());
  Status swapped = root_.exchange(item.part, item.key);
  if (!swapped && swapped.error().kind == ErrorKind::notSupported) {
    return replaceInTwoSteps(item, *old, *fresh);
  }
  if (!swapped) return refuse(item, swapped.error());
  if (!old->untouchedAt(item.part,
                        old->leased() ? std::nullopt
                                      : place_.knownHash(item.staged.key, *item.staged.expected))) {
    return undoExchange(item, *fresh);
  }
  claim(item, *fresh);
  moveOldToTrash(item);
}

// The new content is visible and the old one safe under our private name. If the trash will not
// have it, the licence stays: recover() carries it there.
void Publishing::moveOldToTrash(Item& item) {
  Status moved = root_.moveNoReplace(item.part, item.trash);
  syncs_.add(item.trash.parent());
  syncs_.add(item.part.parent());  // the name it left, too: it must not come back without licence
  if (!moved) {
    item.licence = 0;  // not to be revoked
  }
}

// Without an exchange the old content moves away first and the new one into its place. Weaker,
// since the name is free for a moment and a reader may find nothing; but a rename over the name
// would destroy what a user wrote between our look and it, and this loses nothing. A crash in
// between leaves the name free under a `replace` licence: recover() puts the new content there.
void Publishing::replaceInTwoSteps(Item& item, Witness& old, Witness& fresh) {
  Status away = root_.moveNoReplace(item.key, item.trash);
  if (!away) return refuse(item, away.error());
  syncs_.add(item.trash.parent());
  syncs_.add(item.key.parent());
  if (!old.untouchedAt(
          item.trash,
          old.leased() ? std::nullopt : place_.knownHash(item.staged.key, *item.staged.expected))) {
    Result<RelPath> back = WayBack(place_, syncs_).toItsName(item.trash, item.key);
    return back ? refuse(item, changedMeanwhile(item.key)) : stick(item, back.error());
  }
  Status moved = root_.moveNoReplace(item.part, item.key);
  if (moved) return claim(item, fresh);
  if (moved.error().kind == ErrorKind::exists) return refuse(item, moved.error());
  Result<RelPath> back = WayBack(place_, syncs_).toItsName(item.trash, item.key);
  return back ? refuse(item, moved.error()) : stick(item, back.error());
}

// What came out is not what was expected: a user's, and it belongs to its name.
void Publishing::undoExchange(Item& item, Witness& fresh) {
  Status back = root_.exchange(item.part, item.key);
  syncs_.add(item.part.parent());
  syncs_.add(item.key.parent());
  if (back) return keepPart(item, fresh);
  if (back.error().kind == ErrorKind::notFound) return putOldBack(item);  // the user deleted ours
  stick(item, back.error());
}

void Publishing::putOldBack(Item& item) {
  Result<RelPath> put = WayBack(place_, syncs_).toItsName(item.part, item.key);
  return put ? refuse(item, changedMeanwhile(item.key)) : stick(item, put.error());
}

// Our content was visible for a moment. Only if nobody touched it, or opened it for writing, is
// it still ours to publish; else it became the user's, and so did every byte that a writer who
// holds it open will write. A part that such a writer can reach must never be published again;
// where no lease can tell, the trash is the place that keeps what he may write.
void Publishing::keepPart(Item& item, Witness& fresh) {
  if (fresh.leased() && fresh.untouchedAt(item.part, std::nullopt)) {
    return refuse(item, changedMeanwhile(item.key));
  }
  WayBack way(place_, syncs_);
  bool mayBeEdited = fresh.leased() || !fresh.untouchedAt(item.part, std::nullopt);
  Result<RelPath> kept = mayBeEdited ? way.toConflictCopy(item.part, item.key)
                                     : way.toTrash(item.part, item.key, TrashReason::duplicate);
  return kept ? refuse(item, changedMeanwhile(item.key)) : stick(item, kept.error());
}

// The fingerprint is taken after the rename, since that moves the change time. If a user was
// faster and it is no longer what we placed, the claim speaks of the part as it was before: no
// state of a visible file equals that, and the next scan looks into it. Where there is no lease,
// only the content tells: a test found an edit with its time set back, made between the rename and
// this look, taken for what was synced.
void Publishing::claim(Item& item, Witness& fresh) {
  Nanoseconds lookedAt = place_.needs.clock.wallTime();
  const std::optional<Sha256>& sha256 = item.staged.claim.facts.sha256;
  bool ours = fresh.leased() ? fresh.untouchedAt(item.key, std::nullopt)
                             : sha256 && fresh.untouchedAt(item.key, sha256) &&
                                   fresh.stillUntouchedAt(item.key);
  item.stage = Stage::placed;
  item.placement.kind = Placement::Kind::done;
  item.placement.row = item.staged.claim;
  item.placement.row.key = item.staged.key;
  BaseFacts& facts = item.placement.row.facts;
  facts.local = true;
  facts.lookedAt = lookedAt;
  facts.fingerprint = ours ? fresh.seenAfter() : fresh.seen();
  syncs_.add(item.key.parent());
  // The name it comes from was never synced: where a move is one step of a journal, it needs both.
  syncs_.add(item.part.parent());
}

// P5: nothing is claimed that a power cut could take away. And no licence ends whose file may
// turn up under a private name after one.
void Publishing::bringToDisk() {
  syncs_.run(root_);
  for (Item& item : items_) {
    if (item.licence == 0) continue;
    const Error* error = syncs_.failureFor(item.key);
    if (error && item.stage == Stage::placed) stick(item, *error);
    if (error) item.licence = 0;
  }
}

Status Publishing::commit() {
  std::vector<BaseChange> changes;
  std::vector<std::int64_t> revoke;
  for (const Item& item : items_) {
    if (item.stage == Stage::placed) changes.push_back({BaseChange::Kind::put, item.placement.row});
    if (item.licence != 0 && item.stage != Stage::stuck) revoke.push_back(item.licence);
  }
  if (changes.empty() && revoke.empty()) return Status();
  return place_.needs.store.commit(place_.needs.space, changes, revoke);
}

}  // namespace cloudsync
