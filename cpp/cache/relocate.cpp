#include "cache/relocate.h"

#include <utility>

#include "cache/way_back.h"
#include "cache/witness.h"

namespace cloudsync {

namespace {

Status mustBeFileName(const std::string& key) {
  NameFault fault = faultOf(key);
  if (fault == NameFault::none && !key.ends_with('/')) return {};
  return Error{ErrorKind::invalidName, std::string(describe(fault)), key, 0};
}

}  // namespace

Relocating::Relocating(Workplace& place, std::span<const Relocation> round)
    : place_(place), root_(place.needs.root), round_(round) {}

Result<std::vector<Placement>> Relocating::run() {
  std::vector<Placement> placements(round_.size());
  for (std::size_t i = 0; i < round_.size(); ++i) placements[i] = relocate(round_[i]);
  syncs_.run(root_);
  for (std::size_t i = 0; i < round_.size(); ++i) {
    if (placements[i].kind != Placement::Kind::done) continue;
    const Error* error = syncs_.failureFor(RelPath::trusted(round_[i].to));
    if (!error) error = syncs_.failureFor(RelPath::trusted(round_[i].from));
    if (error) placements[i] = Placement{Placement::Kind::failed, *error, {}};
  }
  Status committed = commit(placements);
  if (!committed) return committed.error();
  return placements;
}

// The row as it is now: what a user or another part of the engine noted in it goes along.
Result<BaseRow> Relocating::agreedRow(const Relocation& item) {
  Result<std::optional<BaseRow>> row = place_.row(item.from);
  if (!row) return row.error();
  bool agreed = *row && (*row)->facts.standing == Standing::synced && (*row)->facts.local &&
                (*row)->facts.fingerprint == item.expected;
  if (!agreed) return changedMeanwhile(RelPath::trusted(item.from));
  return std::move(**row);
}

Placement Relocating::relocate(const Relocation& item) {
  Status named = mustBeFileName(item.from);
  if (named) named = mustBeFileName(item.to);
  if (!named) return refused(named.error());
  RelPath from = RelPath::trusted(item.from);
  RelPath to = RelPath::trusted(item.to);
  Result<BaseRow> row = agreedRow(item);
  if (!row) return refused(row.error());
  Result<Witness> file = Witness::look(root_, from, item.expected);
  if (!file) return refused(file.error());
  Status moved = syncs_.makeParents(root_, to);
  if (moved) moved = root_.moveNoReplace(from, to);
  if (!moved) return refused(moved.error());
  syncs_.add(from.parent());
  syncs_.add(to.parent());
  std::optional<Sha256> known = file->leased() ? std::nullopt : row->facts.sha256;
  if (file->untouchedAt(to, known)) return claim(item, *file, std::move(*row));
  // Edited in that moment: the edit belongs to the name its user knows.
  Result<RelPath> back = WayBack(place_, syncs_).toItsName(to, from);
  if (back) return refused(changedMeanwhile(from));
  return Placement{Placement::Kind::failed, back.error(), {}};
}

Placement Relocating::claim(const Relocation& item, const Witness& file, BaseRow row) const {
  Placement placement;
  placement.row = std::move(row);
  placement.row.key = item.to;
  placement.row.remoteVersion = item.remoteVersion;
  BaseFacts& facts = placement.row.facts;
  facts.remoteModifyTime = item.remoteModifyTime;
  facts.origin = Origin::adopted;  // this version was never read here
  facts.lookedAt = place_.needs.clock.wallTime();
  facts.fingerprint = file.seenAfter();
  return placement;
}

Status Relocating::commit(std::span<Placement> placements) {
  std::vector<BaseChange> changes;
  for (std::size_t i = 0; i < placements.size(); ++i) {
    if (placements[i].kind != Placement::Kind::done) continue;
    changes.push_back({BaseChange::Kind::put, placements[i].row});
    changes.push_back({BaseChange::Kind::erase, {}});
    changes.back().row.key = round_[i].from;
  }
  if (changes.empty()) return Status();
  return place_.needs.store.commit(place_.needs.space, changes);
}

}  // namespace cloudsync
