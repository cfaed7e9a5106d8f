#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/buffer_pool.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/sha256.h"
#include "fs/file_system.h"

namespace cloudsync {

// Hashes a file that arrives in pieces, in order: bytes at the front go straight from the buffer
// into the hash. What comes before its turn stays in memory where there is room, and is read back
// from the file where not. Called by the streams of one download at the same time; one of them
// hashes, the others go on.
class FrontHasher {
 public:
  FrontHasher(File& file, std::string subject) : file_(file), subject_(std::move(subject)) {}

  // The first `size` bytes of `buffer` were written at `offset`. May keep the buffer.
  Status written(ByteCount offset, Buffer& buffer, std::size_t size);
  // `bytes` were.
  Status written(ByteCount offset, std::span<const std::uint8_t> bytes);
  // [range) is in the file from an earlier attempt.
  Status found(ByteRange range);
  // Everything up to `size` is in the file: the hash of it.
  Result<Sha256> finish(ByteCount size);
  // How far the hash is behind what has arrived in order; 0 while nobody hashes, or what was found
  // is being read.
  ByteCount behind();

 private:
  // What comes next in the order: a piece that was kept, or a range of the file.
  struct Next {
    Buffer kept;  // empty: of the file
    std::size_t size = 0;
  };

  void hash(std::span<const std::uint8_t> bytes);
  Status catchUp();
  Status readBack(std::size_t size, std::vector<std::uint8_t>& buffer);
  std::optional<Next> nextOrGiveUp();

  File& file_;
  const std::string subject_;
  std::mutex mutex_;
  std::vector<ByteRange> there_;     // guarded by mutex_: sorted, joined
  std::map<ByteCount, Next> kept_;   // guarded by mutex_: by offset
  ByteCount foundUpTo_ = 0;          // guarded by mutex_
  bool hashing_ = false;             // guarded by mutex_: somebody owns the two below
  std::atomic<ByteCount> front_{0};  // changed by whoever owns it
  Sha256Hasher hasher_;
};

}  // namespace cloudsync
