#include "transfer/content_hash.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/task_group.h"
#include "store/racy.h"
#include "transfer/file_source.h"

namespace cloudsync {

namespace {

// The hashes of the parts of a content that comes in order.
class PartsHasher {
 public:
  explicit PartsHasher(ByteCount partSize) : partSize_(partSize) {}

  void update(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
      auto room = static_cast<std::size_t>(std::min<ByteCount>(partSize_ - inPart_, bytes.size()));
      part_.update(bytes.first(room));
      inPart_ += room;
      bytes = bytes.subspan(room);
      if (inPart_ == partSize_) endPart();
    }
  }

  std::vector<Sha256> finish() {
    if (inPart_ > 0) endPart();
    return std::move(parts_);
  }

 private:
  void endPart() {
    parts_.push_back(part_.finish());
    inPart_ = 0;
  }

  const ByteCount partSize_;
  Sha256Hasher part_;
  ByteCount inPart_ = 0;
  std::vector<Sha256> parts_;
};

template <class Hasher>
Task<void> feed(Hasher& hasher, std::span<const std::uint8_t> bytes) {
  hasher.update(bytes);
  co_return;
}

}  // namespace

Nanoseconds timeOfLook(const TransferPlace& place, File& file) {
  Nanoseconds now = place.clock.wallTime();
  Result<LeaseState> lease = file.takeReadLease();
  if (!lease.ok()) return now;  // as where there are no leases: freeing compares the content anyway
  if (*lease == LeaseState::held) file.releaseLease();
  return *lease == LeaseState::openForWriting ? kNeverLookedAt : now;
}

Task<Result<ContentHash>> hashContent(TransferPlace place, File& file, RelPath path,
                                      ByteCount partSize, CancelToken cancel) {
  ContentHash out;
  out.lookedAt = timeOfLook(place, file);
  Result<FileStat> stat = file.stat();
  if (!stat.ok()) co_return stat.error();
  out.fingerprint = Fingerprint::of(*stat);
  out.modifyTime = stat->modifyTime;

  Sha256Hasher whole;
  PartsHasher parts(partSize);
  TaskGroup sideBySide(place.scheduler);
  std::vector<std::uint8_t> buffer(static_cast<std::size_t>(
      std::min<ByteCount>(std::max<ByteCount>(stat->size, 1), kCopyBuffer)));
  FileSource source(file, stat->size, path.text());
  for (ByteCount at = 0; at < stat->size; at += buffer.size()) {
    if (cancel.cancelled()) co_return Error{ErrorKind::cancelled, "stopped", path.text(), 0};
    auto length = static_cast<std::size_t>(std::min<ByteCount>(buffer.size(), stat->size - at));
    std::span<std::uint8_t> piece(buffer.data(), length);
    Status read = source.readAt(at, piece);
    if (!read.ok()) co_return read.error();
    if (partSize > 0) {
      // Both of the same bytes, and at the same time: hashing is what a large upload waits for.
      sideBySide.add(feed(whole, piece));
      sideBySide.add(feed(parts, piece));
      co_await sideBySide.join();
      continue;
    }
    whole.update(piece);
    if (at > 0) co_await place.scheduler.yield();  // a large file lets others in
  }
  out.whole = whole.finish();
  if (partSize > 0) out.parts = parts.finish();
  Status same = expectUnchanged(place.root, file, path, out.fingerprint);
  if (!same.ok()) co_return same.error();
  co_return out;
}

Task<Result<ContentHash>> hashLocalFile(TransferPlace place, std::string key, CancelToken cancel) {
  RelPath path = RelPath::trusted(key);
  Result<std::unique_ptr<File>> file = place.root.open(path, OpenMode::read);
  if (!file.ok()) co_return file.error();
  File& opened = **file;
  Result<ContentHash> hash = co_await hashContent(place, opened, path, 0, cancel);
  co_return hash;
}

}  // namespace cloudsync
