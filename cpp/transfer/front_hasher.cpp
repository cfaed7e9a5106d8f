#include "transfer/front_hasher.h"

#include <algorithm>

#include "transfer/chunk_plan.h"
#include "transfer/file_source.h"
#include "transfer/place.h"

namespace cloudsync {

Status FrontHasher::written(ByteCount offset, std::span<const std::uint8_t> bytes) {
  {
    std::lock_guard lock(mutex_);
    there_ = addRange(std::move(there_), {offset, offset + bytes.size()});
    if (hashing_) return Status();  // whoever hashes sees the range when he gets there
    hashing_ = true;
  }
  if (offset == front_) {
    hasher_.update(bytes);
    front_ += bytes.size();
  }
  return catchUp();
}

Status FrontHasher::found(ByteRange range) {
  std::lock_guard lock(mutex_);
  there_ = addRange(std::move(there_), range);
  return Status();
}

// Owns `hashing_`; gives it up when the front has reached the end of what is there.
Status FrontHasher::catchUp() {
  std::vector<std::uint8_t> buffer;
  while (true) {
    std::optional<ByteCount> reach = reachOrGiveUp();
    if (!reach) return Status();
    buffer.resize(static_cast<std::size_t>(std::min<ByteCount>(*reach - front_, kCopyBuffer)));
    FileSource source(file_, *reach, subject_);
    Status read = source.readAt(front_, buffer);
    if (!read.ok()) {
      std::lock_guard lock(mutex_);
      hashing_ = false;
      return read;
    }
    hasher_.update(buffer);
    front_ += buffer.size();
  }
}

// How far the file is there from the front on. Nothing: `hashing_` is given up, and the front may
// be another stream's before this returns: it must not even be looked at.
std::optional<ByteCount> FrontHasher::reachOrGiveUp() {
  std::lock_guard lock(mutex_);
  for (const ByteRange& range : there_) {
    if (range.begin <= front_ && front_ < range.end) return range.end;
  }
  hashing_ = false;
  return std::nullopt;
}

Result<Sha256> FrontHasher::finish(ByteCount size) {
  {
    std::lock_guard lock(mutex_);
    hashing_ = true;
  }
  Status done = catchUp();
  if (!done.ok()) return done.error();
  if (front_ != size) return Error{ErrorKind::internal, "the download has a hole", subject_, 0};
  return hasher_.finish();
}

}  // namespace cloudsync
