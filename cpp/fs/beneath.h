#pragma once

#include <sys/types.h>

#include <string>

#include "base/rel_path.h"
#include "base/result.h"
#include "fs/descriptor.h"

namespace cloudsync {

// How paths with several components are resolved.
enum class Resolution {
  kernel,  // openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS), Linux 5.6
  componentWise,  // openat(O_NOFOLLOW | O_DIRECTORY), one component after the other
};

// What this kernel (and the sandbox around us) offers.
Resolution bestResolution();

// The directory that holds a path, and the name in it: every *at() call acts on these two, so a
// rename of a directory above cannot lead it elsewhere between a check and an act.
struct Place {
  Descriptor owned;  // not valid when the parent is the anchor itself
  int directory = -1;
  std::string name;  // one component
};

// Refuses "..", ".", empty components, a leading '/' and NULs, whatever RelPath::trusted was given.
Status checkBeneath(const RelPath& path);

// Opens `path` below `anchor`, never through a symlink and never outside. A symlink in the middle
// is `notDirectory`. The last component is not followed either. "" is the anchor itself.
Result<Descriptor> openBeneath(int anchor, const RelPath& path, int flags, mode_t mode,
                               Resolution resolution);

// The place of `path`, which is not the root.
Result<Place> placeBeneath(int anchor, const RelPath& path, Resolution resolution);

}  // namespace cloudsync
