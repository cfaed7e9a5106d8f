#pragma once

#include <string>

#include "base/rel_path.h"
#include "base/result.h"
#include "cache/folder_syncs.h"
#include "cache/trash.h"
#include "cache/workplace.h"

namespace cloudsync {

// For content that came under one of our private names and is not ours: a user's. It goes where
// the user finds it, and never over anything. On an error it stays where it is, and so must the
// licence that speaks of it.
class WayBack {
 public:
  WayBack(Workplace& place, FolderSyncs& syncs) : place_(place), syncs_(syncs) {}

  // To `key` if that name is free, else to a conflict copy beside it. Returns where it is now.
  Result<RelPath> toItsName(const RelPath& from, const RelPath& key);
  // To a conflict copy beside `key`. If an equal file has that name already, what is at `from`
  // goes to the trash (a late writer may still hold it).
  Result<RelPath> toConflictCopy(const RelPath& from, const RelPath& key);
  Result<RelPath> toTrash(const RelPath& from, const RelPath& key, TrashReason reason);

 private:
  Status move(const RelPath& from, const RelPath& to);

  Workplace& place_;
  FolderSyncs& syncs_;
};

// What names a conflict copy of the file at `path`, and whether another file is equal to it.
struct ContentIdentity {
  Nanoseconds modifyTime = 0;
  ByteCount size = 0;
  Sha256 sha256;
};
Result<ContentIdentity> identify(Folder& root, const RelPath& path);

// The shortest conflict name for this content that is free or holds the same content already.
struct ConflictPlace {
  RelPath path;
  bool taken = false;  // by an equal file
};
Result<ConflictPlace> findConflictPlace(Folder& root, const RelPath& key,
                                        const std::string& deviceName,
                                        const ContentIdentity& content);

}  // namespace cloudsync
