#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/sha256.h"
#include "fs/file_system.h"

namespace cloudsync {

// Hashes a file that arrives in pieces, in order: bytes at the front go straight from the buffer
// into the hash, others are read back (from the page cache) when the front gets to them. Called by
// the streams of one download at the same time; one of them hashes, the others go on.
class FrontHasher {
 public:
  FrontHasher(File& file, std::string subject) : file_(file), subject_(std::move(subject)) {}

  // `bytes` were written at `offset`.
  Status written(ByteCount offset, std::span<const std::uint8_t> bytes);
  // [range) is in the file from an earlier attempt.
  Status found(ByteRange range);
  // Everything up to `size` is in the file: the hash of it.
  Result<Sha256> finish(ByteCount size);

 private:
  Status catchUp();
  std::optional<ByteCount> reachOrGiveUp();

  File& file_;
  const std::string subject_;
  std::mutex mutex_;
  std::vector<ByteRange> there_;  // guarded by mutex_: sorted, joined
  bool hashing_ = false;          // guarded by mutex_: somebody owns the two below
  ByteCount front_ = 0;
  Sha256Hasher hasher_;
};

}  // namespace cloudsync
