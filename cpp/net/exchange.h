#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/buffer_pool.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "net/http_message.h"

namespace cloudsync {

// How much of one transfer may be in memory, in each direction: `count` pieces of `bytes`.
// Writes past the page cache want them large; two pieces are the least that keeps the network and
// the disk busy at once.
struct PieceLimits {
  std::size_t bytes = Buffer::kBytes;
  std::size_t count = 3;
};

// A block of body bytes on its way.
struct Piece {
  Buffer buffer;
  std::size_t capacity = 0;
  std::size_t size = 0;

  std::span<const std::uint8_t> bytes() const { return {buffer.data(), size}; }
};

// Where one request's two sides meet: the network thread, which must never wait, and the coroutine
// that performs the request, which may. Bounded: a side that finds no room is told to pause, and
// the other one learns that it has to be resumed. Knows nothing of curl.
// Shared by the two sides; one coroutine, one network thread, cancel() from anywhere.
class Exchange {
 public:
  Exchange(Scheduler& scheduler, std::optional<ByteCount> uploadSize, PieceLimits limits,
           BufferPool& pool);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // --- the coroutine's side ---

  struct Step {
    enum class Kind {
      head,       // status and headers are known, a body follows: `head`
      received,   // `piece` holds the next bytes of the body; give it back
      needBytes,  // fill `piece` from `offset` (piece.size bytes), then give it
      ended,      // nothing follows: `outcome` is the head, or why there is none
      cancelled,
    };
    Kind kind = Kind::cancelled;
    HttpResponse head;
    Piece piece;
    ByteCount offset = 0;
    std::optional<Result<HttpResponse>> outcome;
  };

  // `Exchange::Step step = co_await exchange.next()`.
  auto next() {
    struct Awaiter {
      Exchange& exchange;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) { return exchange.waitFor(self); }
      Step await_resume() { return exchange.takeStep(); }
    };
    return Awaiter{*this};
  }

  enum class Resume { no, yes };  // must the network thread be told that there is room again?
  Resume giveBack(Piece piece);   // without its buffer, where somebody kept that
  Resume giveBytes(Piece piece, ByteCount offset);

  void cancel();

  // --- the network thread's side ---

  void head(HttpResponse head);  // before the first receive()
  // All of `bytes`, or none: `pause`, and the other side will ask to be resumed.
  enum class Taken { all, pause };
  Taken receive(std::span<const std::uint8_t> bytes);
  // Bytes to send: some, or 0 at the end, or nothing: pause.
  std::optional<std::size_t> send(std::span<std::uint8_t> into);
  void rewind(ByteCount offset);  // the next send() starts there
  void ended(Result<HttpResponse> outcome);

  bool paused() const;  // by our own side: the peer is not to blame for the silence
  bool cancelled() const;

 private:
  bool waitFor(std::coroutine_handle<> self);
  Step takeStep();
  bool hasStep() const;
  bool wantsBytes() const;
  Piece makePiece();
  void publishFilling();
  void wake(std::unique_lock<std::mutex>& lock);

  Scheduler& scheduler_;
  const std::optional<ByteCount> uploadSize_;
  const PieceLimits limits_;
  BufferPool& pool_;  // outlives the request; its buffers outlive the pool

  mutable std::mutex mutex_;  // guards everything below
  std::coroutine_handle<> waiter_;
  Lane waiterLane_ = Lane::transfer;
  bool cancelled_ = false;
  std::optional<Result<HttpResponse>> outcome_;

  std::optional<HttpResponse> head_;
  Piece filling_;               // being received into
  SteadyTime fillingSince_{};   // when its first byte came
  std::deque<Piece> received_;  // for the coroutine
  std::size_t inHand_ = 0;      // pieces the coroutine holds
  bool receivePaused_ = false;

  std::deque<Piece> toSend_;
  std::size_t sentOfFront_ = 0;
  ByteCount nextOffset_ = 0;  // what the coroutine reads next
  ByteCount sent_ = 0;        // what the network thread sends next
  bool sendPaused_ = false;
};

}  // namespace cloudsync
