#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/rel_path.h"
#include "base/result.h"
#include "cache/folder_syncs.h"
#include "fs/file_system.h"

namespace cloudsync {

// Why a file is in the trash; as it stands in the index.
enum class TrashReason : std::uint8_t {
  replaced,   // a newer version took its place
  discarded,  // it was deleted in the cloud
  duplicate,  // the same content lies elsewhere already
};

// The local trash: one folder per round, `trash/SECONDS-TOKEN/`, with numbered files and an index
// that says where each came from. The index is on disk before the first file moves, so that no
// file is ever without its origin; a line without a file is one that never moved.
class TrashRound {
 public:
  TrashRound(Folder& root, Clock& clock, Random& random);

  // Reserves a place for what stands at `key`. Before seal().
  RelPath add(std::string_view key, TrashReason reason);
  // Makes the folder and writes the index. Does nothing when no place was reserved.
  Status seal();
  bool empty() const { return count_ == 0; }

 private:
  Folder& root_;
  RelPath folder_;
  std::string index_;
  std::uint64_t count_ = 0;
};

// A file in the trash.
struct TrashedFile {
  std::string key;     // where it was
  std::string reason;  // "replaced", "discarded", "duplicate"
  RelPath path;        // where it is
  Nanoseconds trashedAt = 0;
  ByteCount size = 0;
};

// The rounds in the trash, oldest first, and the files of one of them: so a caller can show any
// number without holding them all.
Result<std::vector<std::string>> trashRounds(Folder& root);
Result<std::vector<TrashedFile>> trashedFiles(Folder& root, std::string_view round);

// Removes the rounds that are older than `before`; returns the number of files.
Result<std::uint64_t> purgeTrashBefore(Folder& root, Nanoseconds before);

}  // namespace cloudsync
