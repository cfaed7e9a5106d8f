#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/rel_path.h"
#include "fs/file_system.h"

namespace cloudsync {

// Looks single names up below a root and says of each what a walk would have said. Remembers the
// directory of the last one: names in key order share it. One thread at a time; `root` outlives it.
class LocalLookup {
 public:
  explicit LocalLookup(Folder& root) : root_(root) {}

  struct Found {
    enum class Kind : std::uint8_t {
      absent,
      entry,       // `stat` tells of what type
      mountPoint,  // another file system begins here
      unknown,     // cannot be looked at, or lies behind something that is not walked through
    };
    Kind kind = Kind::absent;
    FileStat stat;
  };
  // An Error: the root itself cannot be looked at.
  Result<Found> find(const RelPath& path);

 private:
  enum class Footing : std::uint8_t { none, there, absent, unknown };

  Status goTo(const RelPath& directory);
  Footing step(const RelPath& below);
  Found look(std::string_view name);

  Folder& root_;
  std::uint64_t device_ = 0;
  RelPath directory_;
  Footing footing_ = Footing::none;
  std::unique_ptr<Folder> folder_;  // where footing_ is `there`
};

}  // namespace cloudsync
