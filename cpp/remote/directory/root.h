#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/guarded.h"
#include "fs/file_system.h"

namespace cloudsync {

// A file system's error in the words of a remote: its disk being full is not ours being full.
Error asRemoteError(Error error);
// The same where the error means that the directory as a whole cannot be used.
Error notReady(const Error& cause, const std::string& directory);

// The directory a remote lives in, opened anew for every call: a mount that vanished must be
// noticed, and must not look like a directory without files (P3). Any thread.
class DirectoryRoot {
 public:
  DirectoryRoot(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // Opens it; `remoteNotReady` when it is missing, or another directory than before.
  Result<std::unique_ptr<Folder>> open();
  // The same, and from now on this directory is the right one, whatever was before.
  Result<std::unique_ptr<Folder>> openAnew();
  // Does the path still lead to `folder`? Asked before an absence is believed.
  Status confirm(Folder& folder);

 private:
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };

  Error replaced() const;

  FileSystem& files_;
  const std::string path_;
  Guarded<std::optional<Identity>> known_;
};

}  // namespace cloudsync
