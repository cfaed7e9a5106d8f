#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/task.h"
#include "remote/directory/publisher.h"
#include "remote/directory/root.h"

namespace cloudsync {

// Removes from a directory remote what was put aside long ago: its trash by days, its versions by
// the time at which they were replaced. Any of the devices that share it may do that, and does a
// bounded part at a time, where the last one stopped; once one came to the end, nobody looks again
// for a day. Owned by one call.
class DirectoryPurge {
 public:
  struct Needs {
    DirectoryRoot& root;
    DirectoryPublisher& publisher;
    Clock& clock;
  };
  DirectoryPurge(Needs needs, Nanoseconds olderThan, CancelToken cancel)
      : needs_(needs), olderThan_(olderThan), cancel_(std::move(cancel)) {}

  Task<Status> run();

  // What one call removes and looks into at most: the rest is for the next.
  static constexpr std::size_t kMostRemoved = 4096;
  static constexpr std::size_t kMostFolders = 4096;

 private:
  Status purgeTrash(Folder& root);
  Status clearFolder(Folder& root, const RelPath& path);
  Task<Status> purgeVersions(Folder& root);
  // Which of the group's folders hold no version any more.
  Result<std::vector<RelPath>> purgeGroup(Folder& root, const RelPath& group);
  Status removeFile(Folder& root, const RelPath& path);
  bool spent() const;
  // Is there anything to do? Reads where to go on.
  bool takeUp(Folder& root);
  void leave(Folder& root);

  const Needs needs_;
  const Nanoseconds olderThan_;
  const CancelToken cancel_;
  std::string position_;  // among the versions, "GROUP/HASH"; "" = at the first
  std::size_t removed_ = 0;
  std::size_t folders_ = 0;
};

}  // namespace cloudsync
