#include "remote/directory/copy.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "remote/directory/root.h"

namespace cloudsync {

namespace {

constexpr ByteCount kPiece = 1u << 20;
constexpr ByteCount kWriteback = 8 * kPiece;  // smaller hints cost more than they give

std::vector<std::uint8_t> bufferFor(ByteRange range) {
  return std::vector<std::uint8_t>(static_cast<std::size_t>(std::min(kPiece, range.size())));
}

std::span<std::uint8_t> pieceAt(std::vector<std::uint8_t>& buffer, ByteCount at, ByteRange range) {
  ByteCount left = std::min<ByteCount>(range.end - at, buffer.size());
  return std::span(buffer).first(static_cast<std::size_t>(left));
}

}  // namespace

Error cancelledError() { return Error{ErrorKind::cancelled, "stopped on request", "", 0}; }

Task<Result<Sha256>> copyIn(Scheduler& scheduler, ByteSource& source, ByteRange range, File& file,
                            CancelToken cancel) {
  std::vector<std::uint8_t> buffer = bufferFor(range);
  Sha256Hasher hasher;
  ByteCount flushed = range.begin;
  for (ByteCount at = range.begin; at < range.end;) {
    if (cancel.cancelled()) co_return cancelledError();
    std::span<std::uint8_t> piece = pieceAt(buffer, at, range);
    Status got = source.readAt(at, piece);
    if (!got) co_return got.error();
    hasher.update(piece);
    Status written = file.writeAt(at, piece);
    if (!written) co_return asRemoteError(written.error());
    at += piece.size();
    if (at - flushed >= kWriteback) {
      file.startWriteback({flushed, at});
      flushed = at;
    }
    if (at < range.end) co_await scheduler.yield();
  }
  co_return hasher.finish();
}

Task<Result<Sha256>> hashOf(Scheduler& scheduler, File& file, ByteRange range, CancelToken cancel) {
  std::vector<std::uint8_t> buffer = bufferFor(range);
  Sha256Hasher hasher;
  for (ByteCount at = range.begin; at < range.end;) {
    if (cancel.cancelled()) co_return cancelledError();
    std::span<std::uint8_t> piece = pieceAt(buffer, at, range);
    Result<std::size_t> got = file.readAt(at, piece);
    if (!got) co_return asRemoteError(got.error());
    if (*got < piece.size()) {
      co_return Error{ErrorKind::corrupt, "the remote holds fewer bytes than were sent", "", 0};
    }
    hasher.update(piece);
    at += piece.size();
    if (at < range.end) co_await scheduler.yield();
  }
  co_return hasher.finish();
}

Task<Status> copyOut(Scheduler& scheduler, File& file, ByteRange range, ByteSink& sink,
                     CancelToken cancel) {
  std::vector<std::uint8_t> buffer = bufferFor(range);
  for (ByteCount at = range.begin; at < range.end;) {
    if (cancel.cancelled()) co_return cancelledError();
    std::span<std::uint8_t> piece = pieceAt(buffer, at, range);
    Result<std::size_t> got = file.readAt(at, piece);
    if (!got) co_return asRemoteError(got.error());
    if (*got < piece.size()) {
      co_return Error{ErrorKind::conflict, "the object became shorter while it was read", "", 0};
    }
    Status taken = sink.write(at, piece);
    if (!taken) co_return taken;
    at += piece.size();
    if (at < range.end) co_await scheduler.yield();
  }
  co_return Status();
}

}  // namespace cloudsync
