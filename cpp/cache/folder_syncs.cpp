#include "cache/folder_syncs.h"

#include <utility>
#include <vector>

#include "cache/layout.h"

namespace cloudsync {

namespace {

Status makeOne(Folder& root, const RelPath& folder, FolderSyncs& syncs) {
  Status made = root.makeFolder(folder);
  if (made) {
    syncs.add(folder.parent());
    return made;
  }
  if (made.error().kind != ErrorKind::exists) return made;
  Result<FileStat> present = root.stat(folder);
  if (!present) return present.error();
  if (present->type == FileType::directory) return Status();
  return Error{ErrorKind::notDirectory, "something that is no directory is in the way",
               folder.text(), 0};
}

}  // namespace

Status FolderSyncs::makeParents(Folder& root, const RelPath& path) {
  std::vector<RelPath> missing;
  for (RelPath folder = path.parent(); !folder.isRoot() && !present_.contains(folder);
       folder = folder.parent()) {
    Result<FileStat> found = root.stat(folder);
    if (found && found->type == FileType::directory) {
      present_.insert(folder);
      break;
    }
    missing.push_back(folder);
  }
  for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
    Status made = makeOne(root, *folder, *this);
    if (!made) return made;
    present_.insert(*folder);
  }
  return Status();
}

void FolderSyncs::syncAll(Folder& root, const std::set<RelPath>& folders) {
  for (const RelPath& folder : folders) {
    Status synced = root.syncFolder(folder);
    // A directory that a user removed meanwhile holds no names that could be lost.
    if (!synced && synced.error().kind != ErrorKind::notFound)
      failed_.emplace(folder, synced.error());
  }
}

void FolderSyncs::run(Folder& root) {
  std::set<RelPath> ours;
  std::set<RelPath> theirs;
  for (const RelPath& folder : std::exchange(pending_, {})) {
    (isPrivate(folder) ? ours : theirs).insert(folder);
  }
  syncAll(root, ours);
  syncAll(root, theirs);
}

const Error* FolderSyncs::failureFor(const RelPath& path) const {
  for (const auto& [folder, error] : failed_) {
    if (isPrivate(folder) || folder.contains(path)) return &error;
  }
  return nullptr;
}

}  // namespace cloudsync
