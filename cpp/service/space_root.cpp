#include <algorithm>
#include <utility>

#include "cache/root_marker.h"
#include "service/space.h"
#include "service/space_engine.h"
#include "sync/holds.h"
#include "sync/safety.h"

// Is the directory at a space's root the one that it should be?

namespace cloudsync {

Error Space::halt(Halt why) {
  Error error{ErrorKind::halted, why.message, config_.name, 0};
  Status noted = noteRootHalt(needs_.store, id_, config_.name, std::move(why));
  return noted.ok() ? error : noted.error();
}

// Of a root that cannot be opened. One that was never seen may be misspelt.
Error Space::describeLostRoot(Error error) {
  bool gone = error.kind == ErrorKind::notFound || error.kind == ErrorKind::notDirectory;
  if (gone && !memory_.read().rootId.empty()) {
    return halt(rootIsMissing(config_.root, error.message));
  }
  error.message = "the root of space '" + config_.name + "' cannot be opened: " + error.message +
                  "; create the directory or mount its disk";
  return error;
}

// A crash in the middle of a freeing round leaves the marker one ahead of what is remembered: our
// own doing, and no reason to distrust the rows.
Result<bool> Space::wasRaisedByFreeing(Folder& root) {
  Result<std::vector<Licence>> licences = needs_.store.licences(id_);
  if (!licences.ok()) return licences.error();
  bool freeing = std::any_of(licences->begin(), licences->end(), [](const Licence& licence) {
    return licence.kind == Licence::Kind::free;
  });
  if (!freeing) return false;
  Result<std::optional<RootMarker>> marker = readRootMarker(root);
  if (!marker.ok()) return marker.error();
  return *marker && (*marker)->generation == memory_.read().generation + 1;
}

// Another directory may have taken the root's name: a disk that was mounted or unmounted since.
Status Space::checkSameRoot(Engine& engine) {
  Result<std::unique_ptr<Folder>> named = needs_.world.files.openRoot(config_.root);
  if (!named.ok()) return halt(rootIsMissing(config_.root, named.error().message));
  Result<FileStat> now = (*named)->stat();
  if (!now.ok()) return now.error();
  Result<FileStat> held = engine.root->stat();
  if (!held.ok()) return held.error();
  if (now->inode == held->inode && now->device == held->device) return Status();
  Halt replaced;
  replaced.reason = "local-root-replaced";
  replaced.subject = Halt::Subject::nothing;
  replaced.message = "another directory stands at " + config_.root +
                     " by now; nothing is deleted. Close the device and open it again if it is "
                     "right";
  return halt(std::move(replaced));
}

}  // namespace cloudsync
