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
  for (std::size_t i = 0; i < round_.size(); ++i) relocate(round_[i], placements[i]);
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

void Relocating::relocate(const Relocation& item, Placement& placement) {
  Status named = mustBeFileName(item.from);
  if (named) named = mustBeFileName(item.to);
  if (!named) {
    placement = refused(named.error());
    return;
  }
  RelPath from = RelPath::trusted(item.from);
  RelPath to = RelPath::trusted(item.to);
  Result<Witness> file = Witness::look(root_, from, item.expected);
  Status moved = file ? syncs_.makeParents(root_, to) : Status(file.error());
  if (moved) moved = root_.moveNoReplace(from, to);
  if (!moved) {
    placement = refused(moved.error());
    return;
  }
  syncs_.add(from.parent());
  syncs_.add(to.parent());
  std::optional<Sha256> known = file->leased() ? std::nullopt : item.row.facts.sha256;
  if (file->untouchedAt(to, known)) return claim(item, *file, placement);
  // Edited in that moment: the edit belongs to the name its user knows.
  Result<RelPath> back = WayBack(place_, syncs_).toItsName(to, from);
  placement =
      back ? refused(changedMeanwhile(from)) : Placement{Placement::Kind::failed, back.error(), {}};
}

void Relocating::claim(const Relocation& item, const Witness& file, Placement& placement) {
  placement.row = item.row;
  placement.row.key = item.to;
  BaseFacts& facts = placement.row.facts;
  facts.local = true;
  facts.lookedAt = place_.needs.clock.wallTime();
  facts.fingerprint = file.seenAfter();
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
