#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "fs/sim_file_system.h"

namespace cloudsync {

class SimFile;

// What all handles of one SimFileSystem share: the disk, the hook, and whether the process lives.
struct SimState {
  explicit SimState(SimDisk& simulated) : disk(simulated) {}

  SimDisk& disk;
  SimFileSystem::Hook hook;
  std::uint64_t calls = 0;
  bool crashed = false;
  std::unordered_set<SimFile*> openFiles;  // of this process: the kernel closes them when it dies

  // The gate of every call: counts it, lets the hook act, and says whether it may go on.
  Status enter(std::string_view operation, std::string_view folder, std::string_view path);
  // The error of a call for a path that only a trusted RelPath can hold, see checkBeneath().
  Status enter(std::string_view operation, std::string_view folder, const RelPath& path);
};

// Wakes the writers that waited for the last lease of a node.
void simReleaseLease(SimNode& node);

}  // namespace cloudsync
