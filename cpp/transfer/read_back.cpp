#include "transfer/read_back.h"

#include <utility>

namespace cloudsync {

namespace {

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

Task<Result<Sha256>> readBack(Remote& remote, RelPath path, ByteCount size, ObjectVersion version,
                              CancelToken cancel) {
  HashingSink sink;
  Task<Result<ObjectInfo>> reading =
      remote.read(path, {0, size}, std::move(version), sink, std::move(cancel));
  Result<ObjectInfo> info = co_await reading;
  if (!info.ok()) co_return info.error();
  if (info->size != size || sink.received() != size) {
    co_return Error{ErrorKind::conflict, "the object in the cloud has another size by now",
                    path.text(), 0};
  }
  co_return sink.finish();
}

}  // namespace cloudsync
