#include "net/exchange.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace cloudsync {

namespace {

// A slow stream is handed on at least this often, so that progress is seen before a piece is full.
constexpr Duration kOldestByte = std::chrono::milliseconds(100);
// Reads of a file that is sent need not be as large as writes; many uploads at once take less.
constexpr std::size_t kLargestToSend = 256 * 1024;

}  // namespace

Exchange::Exchange(Scheduler& scheduler, std::optional<ByteCount> uploadSize, PieceLimits limits,
                   BufferPool& pool)
    : scheduler_(scheduler), uploadSize_(uploadSize), limits_(limits), pool_(pool) {}

bool Exchange::waitFor(std::coroutine_handle<> self) {
  std::lock_guard lock(mutex_);
  if (hasStep()) return false;
  waiter_ = self;
  waiterLane_ = Scheduler::currentLane();
  return true;
}

bool Exchange::hasStep() const {
  return cancelled_ || head_ || !received_.empty() || outcome_ || wantsBytes();
}

bool Exchange::wantsBytes() const {
  return uploadSize_ && !outcome_ && nextOffset_ < *uploadSize_ && toSend_.size() < limits_.count;
}

Exchange::Step Exchange::takeStep() {
  std::lock_guard lock(mutex_);
  Step step;
  if (cancelled_) return step;
  if (head_) {
    step.kind = Step::Kind::head;
    step.head = std::move(*head_);
    head_.reset();
  } else if (!received_.empty()) {
    step.kind = Step::Kind::received;
    step.piece = std::move(received_.front());
    received_.pop_front();
    ++inHand_;
  } else if (outcome_) {
    step.kind = Step::Kind::ended;
    step.outcome = std::move(outcome_);
  } else {
    step.kind = Step::Kind::needBytes;
    step.piece = makePiece();
    step.piece.size = static_cast<std::size_t>(
        std::min<ByteCount>({step.piece.capacity, kLargestToSend, *uploadSize_ - nextOffset_}));
    step.offset = nextOffset_;
    nextOffset_ += step.piece.size;
  }
  return step;
}

Exchange::Resume Exchange::giveBack(Piece piece) {
  piece.buffer = Buffer();  // at once: the next piece is to find it
  std::lock_guard lock(mutex_);
  --inHand_;
  return std::exchange(receivePaused_, false) ? Resume::yes : Resume::no;
}

Exchange::Resume Exchange::giveBytes(Piece piece, ByteCount offset) {
  std::lock_guard lock(mutex_);
  // Rewound while the coroutine was reading: these bytes are not the next ones any more.
  ByteCount queued = sent_ - sentOfFront_;
  for (const Piece& waiting : toSend_) queued += waiting.size;
  if (offset != queued) return Resume::no;
  toSend_.push_back(std::move(piece));
  return std::exchange(sendPaused_, false) ? Resume::yes : Resume::no;
}

void Exchange::cancel() {
  std::unique_lock lock(mutex_);
  cancelled_ = true;
  wake(lock);
}

void Exchange::head(HttpResponse head) {
  // Nobody is woken for it alone: what follows wakes, and small bodies come with one hop between
  // threads less.
  std::lock_guard lock(mutex_);
  head_ = std::move(head);
}

Exchange::Taken Exchange::receive(std::span<const std::uint8_t> bytes) {
  std::unique_lock lock(mutex_);
  // Room is counted before anything is taken: curl offers a refused block again as a whole.
  std::size_t room = filling_.buffer ? filling_.capacity - filling_.size : 0;
  std::size_t pieces = received_.size() + inHand_ + (filling_.buffer ? 1 : 0);
  if (pieces < limits_.count) room += (limits_.count - pieces) * limits_.bytes;
  if (bytes.size() > room) {
    receivePaused_ = true;
    return Taken::pause;
  }
  receivePaused_ = false;
  SteadyTime now = scheduler_.clock().steadyTime();
  while (!bytes.empty()) {
    if (!filling_.buffer) filling_ = makePiece();
    if (filling_.size == 0) fillingSince_ = now;
    std::size_t part = std::min(bytes.size(), filling_.capacity - filling_.size);
    std::memcpy(filling_.buffer.data() + filling_.size, bytes.data(), part);
    filling_.size += part;
    bytes = bytes.subspan(part);
    if (filling_.size == filling_.capacity) publishFilling();
  }
  if (filling_.size > 0 && now - fillingSince_ >= kOldestByte) publishFilling();
  if (!received_.empty()) wake(lock);
  return Taken::all;
}

std::optional<std::size_t> Exchange::send(std::span<std::uint8_t> into) {
  std::unique_lock lock(mutex_);
  std::size_t done = 0;
  while (done < into.size() && !toSend_.empty()) {
    Piece& front = toSend_.front();
    std::size_t part = std::min(into.size() - done, front.size - sentOfFront_);
    std::memcpy(into.data() + done, front.buffer.data() + sentOfFront_, part);
    done += part;
    sentOfFront_ += part;
    if (sentOfFront_ < front.size) break;
    toSend_.pop_front();
    sentOfFront_ = 0;
  }
  sent_ += done;
  sendPaused_ = done == 0 && uploadSize_ && sent_ < *uploadSize_;
  if (sendPaused_) return std::nullopt;
  if (wantsBytes()) wake(lock);
  return done;
}

void Exchange::rewind(ByteCount offset) {
  std::unique_lock lock(mutex_);
  toSend_.clear();
  sentOfFront_ = 0;
  sent_ = offset;
  nextOffset_ = offset;
  sendPaused_ = false;  // of the attempt that is over; the next send() says it anew
  if (wantsBytes()) wake(lock);
}

void Exchange::ended(Result<HttpResponse> outcome) {
  std::unique_lock lock(mutex_);
  if (filling_.size > 0) publishFilling();
  outcome_ = std::move(outcome);
  wake(lock);
}

bool Exchange::paused() const {
  std::lock_guard lock(mutex_);
  return receivePaused_ || sendPaused_;
}

bool Exchange::cancelled() const {
  std::lock_guard lock(mutex_);
  return cancelled_;
}

Piece Exchange::makePiece() { return Piece{pool_.take(), limits_.bytes, 0}; }

void Exchange::publishFilling() {
  received_.push_back(std::move(filling_));
  filling_ = Piece{};
}

void Exchange::wake(std::unique_lock<std::mutex>& lock) {
  if (!waiter_) return;
  std::coroutine_handle<> waiter = std::exchange(waiter_, nullptr);
  Lane lane = waiterLane_;
  lock.unlock();
  scheduler_.post(waiter, lane);
}

}  // namespace cloudsync
