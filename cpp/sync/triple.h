#pragma once

#include <cstdint>
#include <string_view>

#include "base/entry_batch.h"
#include "fs/walk.h"
#include "remote/remote.h"
#include "store/rows.h"

namespace cloudsync {

// What a side shows at one key.
enum class Presence : std::uint8_t {
  absent,   // listed completely, not there
  present,  // a file for a file key, a directory for a directory key
  aside,    // something that is not carried: a symlink, a FIFO, a name that cannot be
  ignored,  // left out by the space's rules, or below what is
  unknown,  // an error at or above it: never the same as absent (promise P3)
};

// One key as the three trees see it. Views into the batches the merge holds: valid until it moves.
struct Triple {
  std::string_view key;
  const BaseFacts* base = nullptr;  // null: no row
  Presence local = Presence::absent;
  const LocalFacts* localFacts = nullptr;  // when present
  Presence remote = Presence::absent;
  const RemoteFacts* remoteFacts = nullptr;  // when present

  bool isDirectory() const { return key.ends_with('/'); }
};

}  // namespace cloudsync
