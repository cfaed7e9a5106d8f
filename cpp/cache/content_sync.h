#pragma once

#include <span>

#include "cache/content_store.h"
#include "fs/file_system.h"

namespace cloudsync {

// Brings the contents of a round to the disk, closes their files (whoever holds one open for
// writing is in the way of its lease) and notes what failed. May wait as long as the disk does: no
// lock is held. Idempotent.
void syncContents(Folder& root, std::span<Staged> round);

}  // namespace cloudsync
