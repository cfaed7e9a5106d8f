#pragma once

#include <memory>
#include <string>

#include "fs/file_system.h"

namespace cloudsync {

// Who owns a state directory: a kernel lock on `owner.lock`, held while this lives. The pid in the
// file only informs; a garbled or stale file changes nothing.
class OwnerLock {
 public:
  // `locked`, with the owner's pid in the message, when somebody else has it, be it another
  // process or another device of this one.
  static Result<std::unique_ptr<OwnerLock>> take(FileSystem& files, const std::string& stateDir);

 private:
  OwnerLock(std::unique_ptr<Folder> folder, std::unique_ptr<File> file);

  std::unique_ptr<Folder> folder_;
  std::unique_ptr<File> file_;
};

}  // namespace cloudsync
