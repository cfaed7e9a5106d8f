#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fs/file_system.h"

namespace cloudsync {

struct SimNode;
using SimNodePtr = std::shared_ptr<SimNode>;
using SimEntries = std::map<std::string, SimNodePtr, std::less<>>;
using SimAttributes = std::map<std::string, std::string, std::less<>>;

// What an fsync of a file brings to the disk.
struct SimContent {
  std::string bytes;  // of a symlink: its target
  std::uint32_t permissions = 0;
  Nanoseconds modifyTime = 0;
  Nanoseconds accessTime = 0;
  SimAttributes attributes;

  friend bool operator==(const SimContent&, const SimContent&) = default;
};

// An inode of the simulated disk: as the kernel shows it, and as the platter has it.
struct SimNode {
  FileType type = FileType::file;
  std::uint64_t inode = 0;
  std::uint32_t links = 0;  // 0 or 1: there are no hard links
  bool foldsCase = false;   // of a directory: names that differ in the case of ASCII are one
  bool discarded = false;   // neither name nor descriptor is left: `inode` may be another's by now
  Nanoseconds birthTime = 0;
  Nanoseconds changeTime = 0;
  SimContent content;
  SimEntries entries;  // of a directory

  // The platter. A file that was never synced has no content there, whatever names it.
  std::optional<SimContent> durable;
  SimEntries durableEntries;
  bool cutSinceSync = false;  // truncated: an empty file is a possible outcome

  // The kernel's bookkeeping; a crash of the process resets it.
  std::uint32_t opens = 0;
  std::uint32_t writers = 0;
  std::uint32_t leases = 0;
  bool leaseBroken = false;
  const void* lockHolder = nullptr;
  std::vector<std::function<void()>> waiting;  // writers that wait for the leases to be released
  ByteCount reserved = 0;                      // by allocate()
  ByteCount charged = 0;                       // of the disk's space
};

// One name set (or, without a node, taken away).
struct SimChange {
  SimNodePtr folder;
  std::string name;
  SimNodePtr node;
};

// One system call's changes to names: after a power cut all of them are there, or none. That is
// what a journal gives, and what makes a rename safe. The order between calls is given up, as far
// as they do not build on each other, and nothing is certain before every folder was synced.
struct SimNameStep {
  std::vector<SimChange> changes;
  std::vector<SimNodePtr> unsynced;  // the folders whose sync it waits for
  SimNodePtr removedFolder;          // what was in it was moved out or removed before
  bool movesFolder = false;          // these keep their order, else a tree might become a loop
};

}  // namespace cloudsync
