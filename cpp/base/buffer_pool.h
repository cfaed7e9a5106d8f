#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace cloudsync {

class BufferPool;

// A block of memory for bytes on their way, aligned for direct I/O. Goes back to its pool.
class Buffer {
 public:
  static constexpr std::size_t kBytes = 512 * 1024;

  Buffer() = default;
  Buffer(Buffer&& other) noexcept = default;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer() { giveBack(); }

  std::uint8_t* data() const { return block_.get(); }
  explicit operator bool() const { return block_ != nullptr; }
  // May it be kept for longer than it is needed? False when the pool's budget is spent.
  bool mayStay() const;

 private:
  friend class BufferPool;
  struct Free {
    void operator()(std::uint8_t* block) const;
  };
  using Block = std::unique_ptr<std::uint8_t, Free>;
  struct Shared;

  Buffer(std::shared_ptr<Shared> pool, Block block)
      : pool_(std::move(pool)), block_(std::move(block)) {}
  void giveBack();

  std::shared_ptr<Shared> pool_;
  Block block_;
};

// The memory of all transfers of a device: what is in flight, and what waits to be hashed. Blocks
// that come back are used again while they are still in the processor's cache. Any thread; buffers
// may outlive it.
class BufferPool {
 public:
  explicit BufferPool(std::size_t budgetBytes);

  // For whoever could not move a byte without: also beyond the budget. (How many may ask at the
  // same time is bounded elsewhere: by the number of requests.)
  Buffer take();

 private:
  std::shared_ptr<Buffer::Shared> shared_;
};

}  // namespace cloudsync
