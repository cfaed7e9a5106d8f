#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"
#include "fs/walk_filter.h"
#include "scan/ignore_rules.h"

namespace cloudsync {

// The file in any directory of a space that says what of it is ignored, as .gitignore does for git.
// It is synced like every other file, and says what the next run leaves alone.
inline constexpr std::string_view kIgnoreFileName = ".cloudsyncignore";

// Is this the key of such a file?
bool isIgnoreFile(std::string_view key);

// What of a space is in scope: the defaults, then the .cloudsyncignore files from the root inwards,
// then the configuration of this device, which has the last word. Owned by the space; constant, so
// any thread.
class Scope {
 public:
  // `patterns`: of the configuration.
  explicit Scope(std::span<const std::string> patterns);

  // For a walk that begins at the root.
  std::shared_ptr<const WalkFilter> filter() const;

 private:
  friend class ScopeCursor;
  struct Given;
  class Directory;

  std::shared_ptr<const Given> given_;
};

// Asks of single keys whether they are in scope, also of such that are not on the disk. Reads a
// .cloudsyncignore file once while the keys stay in its directory: ask in key order. Not for
// concurrent use; `root` outlives it.
class ScopeCursor {
 public:
  ScopeCursor(const Scope& scope, Folder& root);
  ~ScopeCursor();

  // An error: a .cloudsyncignore file on the way could not be read, so nobody knows.
  Result<bool> ignores(std::string_view key);

 private:
  struct Frame;

  void enter(std::string_view directoryKey);

  Folder& root_;
  std::vector<Frame> frames_;  // from the root to the directory of the last key
};

}  // namespace cloudsync
