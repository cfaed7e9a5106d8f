#pragma once

#include <memory>
#include <optional>
#include <string>

#include "fs/file_system.h"
#include "service/last_end.h"

namespace cloudsync {

// Who owns a state directory: a kernel lock on `owner.lock`, held while this lives. What is in the
// file only informs: the owner's pid, and below it how far its work could be trusted.
class OwnerLock {
 public:
  // `locked`, with the owner's pid in the message, when somebody else has it, be it another
  // process or another device of this one. `bootId` names the time since the machine was started.
  static Result<std::unique_ptr<OwnerLock>> take(FileSystem& files, const std::string& stateDir,
                                                 std::string bootId);

  // How the owner before ended; nothing where the file does not tell.
  std::optional<LastEnd> lastEnd() const;

  enum class Standing {
    working,  // a kill costs nothing, if the machine goes down its disk may have lost something
    inDoubt,  // it did, and not everything has been looked at again
    ended,    // nothing is under way
  };
  // Says so in the file; on disk when it returns.
  Status note(Standing standing);

 private:
  OwnerLock(std::unique_ptr<Folder> folder, std::unique_ptr<File> file, std::string bootId,
            std::string found);

  Status write(const std::string& standing);

  const std::unique_ptr<Folder> folder_;
  const std::unique_ptr<File> file_;
  const std::string bootId_;
  const std::string found_;  // the standing of the owner before
};

}  // namespace cloudsync
