#include "transfer/front_hasher.h"

#include <algorithm>
#include <new>

#include "transfer/chunk_plan.h"
#include "transfer/file_source.h"
#include "transfer/place.h"

namespace cloudsync {

namespace {

// The range of `there` (sorted, joined) that holds `offset`: where it ends.
std::optional<ByteCount> reachFrom(const std::vector<ByteRange>& there, ByteCount offset) {
  for (const ByteRange& range : there) {
    if (range.begin <= offset && offset < range.end) return range.end;
  }
  return std::nullopt;
}

}  // namespace

Status FrontHasher::written(ByteCount offset, Buffer& buffer, std::size_t size) {
  {
    std::lock_guard lock(mutex_);
    there_ = addRange(std::move(there_), {offset, offset + size});
    if (hashing_ || !reachFrom(there_, front_)) {
      if (buffer.mayStay()) kept_.insert_or_assign(offset, Next{std::move(buffer), size});
      return Status();  // whoever hashes comes to it
    }
    hashing_ = true;
  }
  if (offset == front_) hash({buffer.data(), size});
  return catchUp();
}

Status FrontHasher::written(ByteCount offset, std::span<const std::uint8_t> bytes) {
  {
    std::lock_guard lock(mutex_);
    there_ = addRange(std::move(there_), {offset, offset + bytes.size()});
    if (hashing_ || !reachFrom(there_, front_)) return Status();
    hashing_ = true;
  }
  if (offset == front_) hash(bytes);
  return catchUp();
}

Status FrontHasher::found(ByteRange range) {
  std::lock_guard lock(mutex_);
  there_ = addRange(std::move(there_), range);
  foundUpTo_ = std::max(foundUpTo_, range.end);
  return Status();
}

ByteCount FrontHasher::behind() {
  std::lock_guard lock(mutex_);
  ByteCount front = front_;
  if (!hashing_ || front < foundUpTo_) return 0;
  return reachFrom(there_, front).value_or(front) - front;
}

void FrontHasher::hash(std::span<const std::uint8_t> bytes) {
  hasher_.update(bytes);
  front_ += bytes.size();
}

// Owns `hashing_`; gives it up when the front has reached the end of what is there.
Status FrontHasher::catchUp() {
  std::vector<std::uint8_t> buffer;
  while (true) {
    std::optional<Next> next = nextOrGiveUp();
    if (!next) return Status();
    if (next->kept) {
      hash({next->kept.data(), next->size});
      continue;
    }
    Status read = readBack(next->size, buffer);
    if (!read.ok()) {
      std::lock_guard lock(mutex_);
      hashing_ = false;
      return read;
    }
    hash(buffer);
  }
}

Status FrontHasher::readBack(std::size_t size, std::vector<std::uint8_t>& buffer) {
  try {
    buffer.resize(size);
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::internal, "out of memory", subject_, 0};
  }
  FileSource source(file_, front_ + size, subject_);
  return source.readAt(front_, buffer);
}

// Nothing: `hashing_` is given up, and the front may be another stream's before this returns: it
// must not even be looked at.
std::optional<FrontHasher::Next> FrontHasher::nextOrGiveUp() {
  std::lock_guard lock(mutex_);
  // What arrived twice may lie behind the front by now.
  while (!kept_.empty() && kept_.begin()->first < front_) kept_.erase(kept_.begin());
  if (!kept_.empty() && kept_.begin()->first == front_) {
    Next next = std::move(kept_.begin()->second);
    kept_.erase(kept_.begin());
    return next;
  }
  std::optional<ByteCount> reach = reachFrom(there_, front_);
  if (!reach) {
    hashing_ = false;
    return std::nullopt;
  }
  if (!kept_.empty()) reach = std::min(*reach, kept_.begin()->first);
  return Next{{}, static_cast<std::size_t>(std::min<ByteCount>(*reach - front_, kCopyBuffer))};
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
