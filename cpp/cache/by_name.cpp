#include "cache/by_name.h"

#include "cache/trash.h"
#include "cache/way_back.h"

namespace cloudsync {

namespace {

Status mustBeUsers(const RelPath& path) {
  NameFault fault = faultOf(path.text());
  if (fault == NameFault::none) return Status();
  return Error{ErrorKind::invalidName, std::string(describe(fault)), path.text(), 0};
}

Error notInTrash(const std::string& name) {
  return Error{ErrorKind::notFound, "the trash has no file of this id", name, 0};
}

}  // namespace

Status renameForPerson(Workplace& place, const RelPath& from, const RelPath& to) {
  for (const RelPath* path : {&from, &to}) {
    Status named = mustBeUsers(*path);
    if (!named) return named;
  }
  Folder& root = place.needs.root;
  FolderSyncs syncs;
  Status moved = syncs.makeParents(root, to);
  if (moved) moved = root.moveNoReplace(from, to);
  if (!moved) return moved;
  syncs.add(from.parent());
  syncs.add(to.parent());
  syncs.run(root);
  for (const RelPath* path : {&from, &to}) {
    if (const Error* error = syncs.failureFor(*path)) return *error;
  }
  return Status();
}

Result<std::string> restoreTrashed(Workplace& place, const std::string& round,
                                   const std::string& name) {
  if (faultOf(round) != NameFault::none || round.find('/') != std::string::npos) {
    return notInTrash(round + "/" + name);
  }
  Folder& root = place.needs.root;
  Result<std::vector<TrashedFile>> files = trashedFiles(root, round);
  if (!files && files.error().kind == ErrorKind::notFound) return notInTrash(round + "/" + name);
  if (!files) return files.error();
  for (const TrashedFile& file : *files) {
    if (file.path.name() != name) continue;
    RelPath key = RelPath::trusted(file.key);
    Status named = mustBeUsers(key);
    if (!named) return named.error();
    FolderSyncs syncs;
    Result<RelPath> restored = WayBack(place, syncs).toItsName(file.path, key);
    syncs.run(root);
    if (!restored) return restored.error();
    if (const Error* error = syncs.failureFor(*restored)) return *error;
    return restored->text();
  }
  return notInTrash(round + "/" + name);
}

}  // namespace cloudsync
