#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/clock.h"
#include "base/rel_path.h"
#include "base/result.h"
#include "fs/file_system.h"
#include "remote/remote.h"

namespace cloudsync {

// Content that is complete, verified and, when it is placed, on disk under a private name.
struct StagedObject {
  RelPath privateName;
  FileStat state;
};

// One round of changes to the names of a directory remote, made while the lock on
// `.cloudsync/lock` is held. Foreign programs do not take our lock: every step looks at what it
// took hold of and undoes itself when that is not what the precondition named. Blocking; made for
// one round by the publisher, which calls makeDurable() at its end.
class DirectoryChanges {
 public:
  DirectoryChanges(Folder& root, Clock& clock) : root_(root), clock_(clock) {}

  // Makes the staged object visible at `path`, if `precondition` holds at that moment. What stood
  // there becomes a version. Parents are made.
  Status place(const StagedObject& staged, const RelPath& path, const Precondition& precondition);
  // The same, and tells in `placed` the state the content has under its new name. `file` is the
  // staged content; `placed` comes in as its state before.
  Status placeOpen(File& file, const StagedObject& staged, const RelPath& path,
                   const Precondition& precondition, FileStat& placed);
  // Gives the object another name, which must be free, and tells its state there in `moved`.
  Status move(const RelPath& from, const RelPath& to, const ObjectVersion& expected,
              FileStat& moved);
  // Moves the object into the trash.
  Status discard(const RelPath& path, const Precondition& precondition);

  Status makeFolders(const RelPath& path);  // with its parents; existing ones are fine
  Status removeFolder(const RelPath& path);
  // Those among them that hold no version any more.
  Status removeVersionFolders(const std::vector<RelPath>& folders);

  // fsyncs every directory that the round changed a name in.
  Status makeDurable();

 private:
  enum class Step { done, again };  // again: somebody was quicker, look anew

  Result<Step> moveOntoFreeName(const StagedObject& staged, const RelPath& path);
  Result<Step> exchange(const StagedObject& staged, const RelPath& path, const FileStat& expected);
  Status undoExchange(const StagedObject& staged, const RelPath& path);
  Status keepVersion(const RelPath& privateName, const RelPath& path);
  Result<RelPath> newVersionName(const RelPath& path);
  Result<Step> rename(const RelPath& from, const RelPath& to, const FileStat& expected,
                      FileStat& moved);
  Result<Step> moveToTrash(const RelPath& path, const FileStat& expected);
  void changed(const RelPath& folder) { changedFolders_.insert(folder); }

  Folder& root_;
  Clock& clock_;
  std::set<RelPath> changedFolders_;
};

// lstat; nothing when there is no such name.
Result<std::optional<FileStat>> statIfThere(Folder& root, const RelPath& path);

// The ids of kept versions in a folder of them, newest first.
Result<std::vector<std::uint64_t>> listVersionIds(Folder& root, const RelPath& versionsFolder);

}  // namespace cloudsync
