#pragma once

#include "fs/beneath.h"
#include "fs/file_system.h"

namespace cloudsync {

// The files of this machine. Any thread; holds nothing that changes.
class PosixFileSystem final : public FileSystem {
 public:
  explicit PosixFileSystem(Resolution resolution = bestResolution()) : resolution_(resolution) {}

  Result<std::unique_ptr<Folder>> openRoot(const std::string& absolutePath) override;
  Status makeRoot(const std::string& absolutePath) override;

 private:
  Resolution resolution_;
};

}  // namespace cloudsync
