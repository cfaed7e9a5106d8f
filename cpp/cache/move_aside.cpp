#include "cache/move_aside.h"

#include <span>

#include "cache/discard.h"
#include "cache/way_back.h"
#include "cache/witness.h"

namespace cloudsync {

namespace {

Result<std::int64_t> license(Workplace& place, const RelPath& key, const RelPath& aside,
                             const Fingerprint& expected) {
  Licence licence;
  licence.kind = Licence::Kind::discard;
  licence.key = key.text();
  licence.privateName = aside.text();
  licence.inode = expected.inode;
  licence.expected = expected;
  Status granted = place.needs.store.grant(place.needs.space, std::span(&licence, 1));
  if (!granted) return granted.error();
  return licence.id;
}

// The equal file has the name already: the one at `key` is one too many.
Result<std::string> discardDuplicate(Workplace& place, const RelPath& key,
                                     const Fingerprint& expected, const RelPath& present) {
  Removal removal{key.text(), expected, {}};
  Result<std::vector<Placement>> done = Discarding(place, std::span(&removal, 1)).run();
  if (!done) return done.error();
  if (done->front().error) return *done->front().error;
  return present.text();
}

Status renameAside(Workplace& place, FolderSyncs& syncs, Witness& file, const RelPath& key,
                   const RelPath& aside, const Sha256& sha256) {
  Status moved = place.needs.root.moveNoReplace(key, aside);
  if (!moved) return moved;
  syncs.add(key.parent());
  if (file.untouchedAt(aside, sha256)) return moved;
  Result<RelPath> back = WayBack(place, syncs).toItsName(aside, key);
  return back ? changedMeanwhile(key) : back.error();
}

}  // namespace

Result<std::string> moveAside(Workplace& place, const std::string& keyText,
                              const Fingerprint& expected, const Sha256& sha256) {
  NameFault fault = faultOf(keyText);
  if (fault != NameFault::none) {
    return Error{ErrorKind::invalidName, std::string(describe(fault)), keyText, 0};
  }
  RelPath key = RelPath::trusted(keyText);
  Folder& root = place.needs.root;
  Result<Witness> file = Witness::look(root, key, expected);
  if (!file) return file.error();
  ContentIdentity content{expected.modifyTime, expected.size, sha256};
  Result<ConflictPlace> aside = findConflictPlace(root, key, place.needs.deviceName, content);
  if (!aside) return aside.error();
  if (aside->taken) return discardDuplicate(place, key, expected, aside->path);

  Result<std::int64_t> licence = license(place, key, aside->path, expected);
  if (!licence) return licence.error();
  FolderSyncs syncs;
  Status moved = renameAside(place, syncs, *file, key, aside->path, sha256);
  syncs.run(root);
  if (const Error* error = syncs.failureFor(key)) return *error;  // the licence stays
  std::vector<BaseChange> changes;
  if (moved) {
    changes.push_back({BaseChange::Kind::erase, {}});
    changes.back().row.key = keyText;
  }
  Status committed = place.needs.store.commit(place.needs.space, changes, std::span(&*licence, 1));
  if (!moved) return moved.error();
  if (!committed) return committed.error();
  return aside->path.text();
}

Result<std::string> moveFolderAside(Workplace& place, const std::string& keyText) {
  NameFault fault = faultOf(keyText);
  if (fault != NameFault::none) {
    return Error{ErrorKind::invalidName, std::string(describe(fault)), keyText, 0};
  }
  RelPath key = RelPath::trusted(keyText);
  FolderSyncs syncs;
  Result<RelPath> aside = WayBack(place, syncs).toConflictCopy(key, key);
  if (!aside) return aside.error();
  syncs.run(place.needs.root);
  if (const Error* error = syncs.failureFor(key)) return *error;
  return aside->text();
}

}  // namespace cloudsync
