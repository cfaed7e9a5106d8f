#pragma once

#include <set>
#include <span>
#include <vector>

#include "fs/file_system.h"

namespace cloudsync {

// Contents and sizes of `files`, all of them in the file system of `root`, are on disk when it
// returns: an answer for each, in their order. May wait as long as the disk does, so no lock is
// held around it.
std::vector<Status> syncFiles(Folder& root, std::span<File* const> files);

// The names in `folders` are on disk when it returns. One that is gone by now holds none.
Status syncFolders(Folder& root, const std::set<RelPath>& folders);

}  // namespace cloudsync
