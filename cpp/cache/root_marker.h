#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace cloudsync {

// What `.cloudsync/root` says. The id tells this root from another one mounted at its place; the
// generation, raised before content is freed, tells a tree or a state database that was restored
// from a backup from the one that is remembered.
struct RootMarker {
  std::string id;
  std::uint64_t generation = 0;

  friend bool operator==(const RootMarker&, const RootMarker&) = default;
};

// Nothing when there is no marker; `corrupt` when it cannot be understood. Nobody repairs it by
// guessing: a person decides.
Result<std::optional<RootMarker>> readRootMarker(Folder& root);

// On disk when it returns; replaced as a whole. Needs ContentStore::prepare() first.
Status writeRootMarker(Folder& root, Random& random, const RootMarker& marker);

// A marker with a fresh id, or the one that is there already.
Result<RootMarker> createRootMarker(Folder& root, Random& random);

// Adds one to the generation, durably, and returns the new one. `halted` without a marker: then
// this is not the tree that the rows speak of.
Result<std::uint64_t> raiseGeneration(Folder& root, Random& random);

}  // namespace cloudsync
