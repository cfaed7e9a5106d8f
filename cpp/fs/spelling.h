#pragma once

#include <optional>
#include <string>

#include "base/rel_path.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace cloudsync {

// On a file system that tells no cases apart, a look at `Readme` finds `README`: another name, of
// which a listing knows, and which must not be taken for the one that was asked for.

// Does this file system, or at least this directory, find `name` under another case, too? `name`
// exists and has letters.
Result<bool> foldsCase(Folder& folder, const RelPath& name);

// The entry that stands where `path` would stand, but is called otherwise, or lies in a directory
// that is; nothing when there is none, or `path` itself. Lists each directory on the way.
Result<std::optional<RelPath>> otherSpelling(Folder& root, const RelPath& path);

}  // namespace cloudsync
