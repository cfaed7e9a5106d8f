#include "fs/sync_files.h"

#include <cstddef>

namespace cloudsync {

namespace {

constexpr std::size_t kWorthOneForAll = 4;

}  // namespace

// One call for the whole file system costs one commit of its journal and one flush of the disk; an
// fsync for each file costs both again and again (docs/performance.md).
std::vector<Status> syncFiles(Folder& root, std::span<File* const> files) {
  std::vector<Status> answers(files.size());
  bool together = files.size() >= kWorthOneForAll && root.syncsAllAtOnce();
  // It may fail for somebody else's file: then each file says for itself.
  if (together && root.syncAll().ok()) return answers;
  for (std::size_t i = 0; i < files.size(); ++i) answers[i] = files[i]->sync();
  return answers;
}

Status syncFolders(Folder& root, const std::set<RelPath>& folders) {
  bool together = folders.size() >= kWorthOneForAll && root.syncsAllAtOnce();
  if (together && root.syncAll().ok()) return {};
  for (const RelPath& folder : folders) {
    Status synced = root.syncFolder(folder);
    if (!synced && synced.error().kind != ErrorKind::notFound) return synced;
  }
  return {};
}

}  // namespace cloudsync
