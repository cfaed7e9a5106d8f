#include "transfer/read_back.h"

#include <algorithm>
#include <utility>

#include "base/time_limit.h"

namespace cloudsync {

namespace {

// Each has a time of its own: whoever reads a film may take long, a silent server may not.
constexpr ByteCount kPiece = 1024 * 1024;

class HashingSink final : public ByteSink {
 public:
  Status write(ByteCount offset, std::span<const std::uint8_t> bytes) override {
    if (offset != received_) {
      return Error{ErrorKind::remoteFault, "the remote sent bytes out of their order", "", 0};
    }
    hasher_.update(bytes);
    received_ += bytes.size();
    return Status();
  }
  ByteCount received() const { return received_; }
  Sha256 finish() { return hasher_.finish(); }

 private:
  Sha256Hasher hasher_;
  ByteCount received_ = 0;
};

}  // namespace

Task<Result<Sha256>> readBack(Scheduler& scheduler, Remote& remote, RelPath path, ByteCount size,
                              ObjectVersion version, Duration patience, CancelToken cancel) {
  HashingSink sink;
  do {
    ByteRange piece{sink.received(), std::min(sink.received() + kPiece, size)};
    TimeLimit limit(scheduler, patience, cancel);
    Task<Result<ObjectInfo>> reading = remote.read(path, piece, version, sink, limit.token());
    Task<Result<ObjectInfo>> limited = limit.run(std::move(reading));
    Result<ObjectInfo> info = co_await limited;
    if (!info.ok() && limit.isOver()) {
      co_return Error{ErrorKind::timeout, "the remote does not answer", path.text(), 0};
    }
    if (!info.ok()) co_return info.error();
    if (info->size != size || sink.received() != piece.end) {
      co_return Error{ErrorKind::conflict, "the object in the cloud has another size by now",
                      path.text(), 0};
    }
  } while (sink.received() < size);
  co_return sink.finish();
}

}  // namespace cloudsync
