#pragma once

#include <map>
#include <set>

#include "base/rel_path.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace cloudsync {

// The directories that a round touched: each is fsynced once, at its end. One round owns it.
class FolderSyncs {
 public:
  void add(RelPath folder) { pending_.insert(std::move(folder)); }

  // Makes the directories above `path` where they are missing. `notDirectory` when something else
  // stands in the way; a symlink does.
  Status makeParents(Folder& root, const RelPath& path);

  // Private directories first: a file that leaves a user's name is on disk under ours before its
  // own name may go, whatever order the file system writes them in.
  void run(Folder& root);

  // Why the names on the way to `path` may not be on disk; nothing when they are. The private
  // directories are on everybody's way.
  const Error* failureFor(const RelPath& path) const;

 private:
  void syncAll(Folder& root, const std::set<RelPath>& folders);

  std::set<RelPath> pending_;
  std::set<RelPath> present_;  // known to be directories
  std::map<RelPath, Error> failed_;
};

}  // namespace cloudsync
