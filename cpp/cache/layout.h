#pragma once

#include <string>
#include <string_view>

#include "base/rel_path.h"

namespace cloudsync {

// PURE. What lies where below `.cloudsync` in a local root:
//   root           the marker (root_marker.h)
//   tmp/TOKEN      parts that are being filled, and files on their way out (freeing)
//   trash/ROUND/N  what was replaced or discarded, with an index (trash.h)
inline RelPath ownFolder() { return RelPath::trusted(std::string(kReservedName)); }
inline RelPath tmpFolder() { return ownFolder().child("tmp"); }
inline RelPath trashFolder() { return ownFolder().child("trash"); }
inline RelPath markerPath() { return ownFolder().child("root"); }

// Is this one of our private names, where no user looks?
inline bool isPrivate(const RelPath& path) { return ownFolder().contains(path); }

// The path of a part by the name that createPart gave. A name of ours is one component; anything
// else (a damaged row) would reach out of tmp/.
inline Result<RelPath> partPath(std::string_view partName) {
  if (faultOf(partName) != NameFault::none || partName.find('/') != std::string_view::npos) {
    return Error{ErrorKind::invalidArgument, "this is not the name of a partial file",
                 std::string(partName), 0};
  }
  return tmpFolder().child(partName);
}

}  // namespace cloudsync
