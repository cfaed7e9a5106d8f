#include "cache/recovery.h"

#include <utility>

#include "cache/layout.h"
#include "cache/way_back.h"
#include "cache/witness.h"

namespace cloudsync {

namespace {

RelPath keyOf(const Licence& licence) { return RelPath::trusted(licence.key); }
RelPath privateOf(const Licence& licence) { return RelPath::trusted(licence.privateName); }

bool isFile(const std::optional<FileStat>& found, std::uint64_t inode) {
  return found && found->type == FileType::file && found->inode == inode;
}

// Two names of one file: a power cut may keep the new name and the old one. No bytes are lost with
// one of them; but a part that is linked to a visible name must never be written again.
bool sameFile(const std::optional<FileStat>& a, const std::optional<FileStat>& b) {
  return a && b && a->type == FileType::file && a->inode == b->inode && a->device == b->device;
}

}  // namespace

Recovery::Recovery(Workplace& place) : place_(place), root_(place.needs.root) {}

Result<std::vector<Recovered>> Recovery::run() {
  Result<std::vector<Licence>> licences = place_.needs.store.licences(place_.needs.space);
  if (!licences) return licences.error();
  for (const Licence& licence : *licences) {
    if (settle(licence)) settled_.insert(licence.id);
  }
  Status committed = commit(*licences);
  if (!committed) return committed.error();
  Status cleaned = removeStrays(*licences);
  if (!cleaned) return cleaned.error();
  return std::move(found_);
}

Status Recovery::settle(const Licence& licence) {
  switch (licence.kind) {
    case Licence::Kind::replace:
    case Licence::Kind::publish:
      return settlePlacing(licence);
    case Licence::Kind::discard:
      return isPrivate(privateOf(licence)) ? settleDiscard(licence) : settleMoveAside(licence);
    case Licence::Kind::free:
      return settleFree(licence);
  }
  return Status();
}

Status Recovery::settlePlacing(const Licence& licence) {
  Result<Found> inside = look(privateOf(licence));
  if (!inside) return inside.error();
  Result<Found> atKey = look(keyOf(licence));
  if (!atKey) return atKey.error();
  if (!*inside) return Status();  // it went its whole way
  if (sameFile(*inside, *atKey)) return remove(licence);
  if (isFile(*inside, licence.inode)) return settleOurPart(licence, *atKey);
  if (isUntouched(licence, privateOf(licence), std::nullopt)) {
    return toTrash(licence, TrashReason::replaced);
  }
  if (!*atKey) return giveBack(licence, "changed while a new version took its place");
  // What has no content to name it by goes back to where it was, if ours still stands there.
  if ((*inside)->type != FileType::file && isFile(*atKey, licence.inode)) {
    syncs_.add(keyOf(licence).parent());
    syncs_.add(privateOf(licence).parent());
    return root_.exchange(privateOf(licence), keyOf(licence));
  }
  return giveConflictCopy(licence, "changed while a new version took its place");
}

// The private name holds our new content.
Status Recovery::settleOurPart(const Licence& licence, const Found& atKey) {
  if (licence.kind == Licence::Kind::publish) return Status();  // it never left
  // The name is free, be it by the user's hand or by ours between two steps: under this licence
  // that is no deletion, and the content is complete.
  if (!atKey) {
    syncs_.add(keyOf(licence).parent());
    Status parents = syncs_.makeParents(root_, keyOf(licence));
    return parents ? root_.moveNoReplace(privateOf(licence), keyOf(licence)) : parents;
  }
  // An exchange moves the change time: this one never happened, and the part may be used again.
  if (atKey->type == FileType::file && Fingerprint::of(*atKey) == licence.expected) return Status();
  // It may have been visible before it was exchanged back, and somebody may have written into it.
  return toTrash(licence, TrashReason::replaced);
}

Status Recovery::settleDiscard(const Licence& licence) {
  Result<Found> inside = look(privateOf(licence));
  if (!inside) return inside.error();
  if (!*inside) return Status();  // it never left, or was put back
  Result<Found> atKey = look(keyOf(licence));
  if (!atKey) return atKey.error();
  if (sameFile(*inside, *atKey)) return remove(licence);
  std::optional<Sha256> sha256 = place_.knownHash(licence.key, licence.expected);
  if (!isUntouched(licence, privateOf(licence), sha256)) {
    return giveBack(licence, "changed while it was being discarded");
  }
  // Its row, if it still speaks of this file, goes with it: an absent file with a row would read
  // as the user's deletion.
  Result<std::optional<BaseRow>> known = row(licence.key);
  if (!known) return known.error();
  if (*known && (*known)->facts.local &&
      (*known)->facts.fingerprint.sameContentState(licence.expected)) {
    erase(licence.key);
  }
  return Status();
}

// The "private" name is a conflict copy, in everybody's sight: it stays, whatever it holds now.
Status Recovery::settleMoveAside(const Licence& licence) {
  Result<Found> aside = look(privateOf(licence));
  if (!aside) return aside.error();
  Result<Found> atKey = look(keyOf(licence));
  if (!atKey) return atKey.error();
  if (!isFile(*aside, licence.inode)) return Status();
  if (sameFile(*aside, *atKey)) return remove(licence);
  if (!*atKey) erase(licence.key);
  return Status();
}

Status Recovery::settleFree(const Licence& licence) {
  Result<std::optional<BaseRow>> known = row(licence.key);
  if (!known) return known.error();
  Result<Found> inside = look(privateOf(licence));
  if (!inside) return inside.error();
  Result<Found> atKey = look(keyOf(licence));
  if (!atKey) return atKey.error();
  if (*inside && !sameFile(*inside, *atKey)) return settleFreedAway(licence, std::move(*known));
  if (*inside) {
    Status removed = remove(licence);
    if (!removed) return removed;
  }
  if (isFile(*atKey, licence.inode)) return putLocalAgain(licence, std::move(*known));
  // Absent under a licence to free is never a deletion. But only a row that still speaks of the
  // licensed file is meant: a later one has its own history.
  if (!*atKey && *known && (*known)->facts.local &&
      (*known)->facts.fingerprint == licence.expected) {
    (*known)->facts.local = false;
    (*known)->facts.mark = Mark::freed;
    (*known)->facts.fingerprint = Fingerprint();
    put(std::move(**known));
  }
  return Status();
}

// The content is under its private name: is it on its way out, or on its way back?
Status Recovery::settleFreedAway(const Licence& licence, std::optional<BaseRow> known) {
  std::optional<Sha256> sha256;
  if (known) sha256 = known->facts.sha256;
  bool untouched = known && isUntouched(licence, privateOf(licence), sha256);
  // The row was made cloud-only only after the look that found everything as licensed.
  if (untouched && !known->facts.local) return remove(licence);
  Result<Found> atKey = look(keyOf(licence));
  if (!atKey) return atKey.error();
  if (untouched && *atKey) return toTrash(licence, TrashReason::replaced);
  // The state is the licensed one, but the row has a history of its own since: it speaks of another
  // content, or the file was deleted. An old version must not come back over it.
  bool licensedState = isUntouched(licence, privateOf(licence), std::nullopt);
  bool rowMovedOn = !known || !known->facts.local || known->facts.fingerprint != licence.expected;
  if (!untouched && licensedState && rowMovedOn) {
    return toTrash(licence, TrashReason::replaced);
  }
  Status back =
      giveBack(licence, untouched ? "it was being freed" : "changed while it was being freed");
  if (!back) return back;
  Result<Found> now = look(keyOf(licence));
  if (!now) return now.error();
  if (!isFile(*now, licence.inode)) return Status();
  if (untouched) {
    // The same bytes, and a new change time by our rename: the row follows.
    known->facts.fingerprint = Fingerprint::of(**now);
    known->facts.lookedAt = place_.needs.clock.wallTime();
    put(std::move(*known));
    return Status();
  }
  return putLocalAgain(licence, std::move(known));
}

// The file is at its name: a row that became cloud-only says again what it said. The fingerprint
// is the old one, so the next scan looks into the file.
Status Recovery::putLocalAgain(const Licence& licence, std::optional<BaseRow> known) {
  if (!known || known->facts.local) return Status();
  known->facts.local = true;
  if (known->facts.mark == Mark::freed) known->facts.mark = Mark::none;
  known->facts.fingerprint = licence.expected;
  put(std::move(*known));
  return Status();
}

Result<Recovery::Found> Recovery::look(const RelPath& path) {
  Result<FileStat> stat = root_.stat(path);
  if (stat) return Found(*stat);
  ErrorKind kind = stat.error().kind;
  if (kind == ErrorKind::notFound || kind == ErrorKind::notDirectory) return Found();
  return stat.error();
}

bool Recovery::isUntouched(const Licence& licence, const RelPath& path,
                           const std::optional<Sha256>& sha256) {
  Result<Found> now = look(path);
  if (!now || !*now || (*now)->type != FileType::file) return false;
  Fingerprint state = Fingerprint::of(**now);
  if (!state.sameContentState(licence.expected)) return false;
  Result<Witness> witness = Witness::look(root_, path, state);
  return witness && (!sha256 || witness->holds(*sha256));
}

Status Recovery::giveBack(const Licence& licence, std::string_view reason) {
  Result<RelPath> now = WayBack(place_, syncs_).toItsName(privateOf(licence), keyOf(licence));
  if (!now) return now.error();
  found_.push_back({now->text(), std::string(reason)});
  return Status();
}

Status Recovery::giveConflictCopy(const Licence& licence, std::string_view reason) {
  Result<RelPath> now = WayBack(place_, syncs_).toConflictCopy(privateOf(licence), keyOf(licence));
  if (!now) return now.error();
  found_.push_back({now->text(), std::string(reason)});
  return Status();
}

Status Recovery::toTrash(const Licence& licence, TrashReason reason) {
  Result<RelPath> now = WayBack(place_, syncs_).toTrash(privateOf(licence), keyOf(licence), reason);
  return now ? Status() : Status(now.error());
}

Status Recovery::remove(const Licence& licence) {
  syncs_.add(privateOf(licence).parent());
  return root_.removeFile(privateOf(licence));
}

// Licences of one key are settled one after the other: each sees what the one before decided.
Result<std::optional<BaseRow>> Recovery::row(const std::string& key) {
  auto change = changes_.find(key);
  if (change == changes_.end()) return place_.row(key);
  if (change->second.kind == BaseChange::Kind::erase) return std::optional<BaseRow>();
  return std::optional<BaseRow>(change->second.row);
}

void Recovery::put(BaseRow changed) {
  std::string key = changed.key;
  changes_.insert_or_assign(key, BaseChange{BaseChange::Kind::put, std::move(changed)});
}

void Recovery::erase(const std::string& key) {
  BaseRow gone;
  gone.key = key;
  changes_.insert_or_assign(key, BaseChange{BaseChange::Kind::erase, std::move(gone)});
}

Status Recovery::commit(const std::vector<Licence>& licences) {
  syncs_.run(root_);
  std::vector<std::int64_t> revoke;
  for (const Licence& licence : licences) {
    if (syncs_.failureFor(keyOf(licence))) settled_.erase(licence.id);
    if (settled_.contains(licence.id)) revoke.push_back(licence.id);
  }
  std::vector<BaseChange> changes;
  changes.reserve(changes_.size());
  for (auto& [key, change] : changes_) changes.push_back(std::move(change));
  if (changes.empty() && revoke.empty()) return Status();
  return place_.needs.store.commit(place_.needs.space, changes, revoke);
}

// What is left in tmp/ is ours alone: whatever came from a user stands under a licence.
Status Recovery::removeStrays(const std::vector<Licence>& licences) {
  Result<std::vector<DownloadRow>> downloads = place_.needs.store.downloads(place_.needs.space);
  if (!downloads) return downloads.error();
  std::set<std::string> wanted;
  for (const DownloadRow& download : *downloads) {
    if (Result<RelPath> part = partPath(download.partName)) wanted.insert(part->text());
  }
  for (const Licence& licence : licences) {
    if (!settled_.contains(licence.id)) wanted.insert(licence.privateName);
  }
  Result<std::unique_ptr<Folder>> tmp = root_.openFolder(tmpFolder());
  if (!tmp) return tmp.error();
  Result<std::vector<DirectoryEntry>> entries = (*tmp)->list();
  if (!entries) return entries.error();
  for (const DirectoryEntry& entry : *entries) {
    RelPath path = tmpFolder().child(entry.name);
    if (entry.type != FileType::file || wanted.contains(path.text())) continue;
    Status removed = root_.removeFile(path);
    if (!removed && removed.error().kind != ErrorKind::notFound) return removed;
  }
  return Status();
}

}  // namespace cloudsync
