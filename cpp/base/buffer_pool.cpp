#include "base/buffer_pool.h"

#include <sys/mman.h>

#include <iterator>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace cloudsync {

namespace {

// Blocks that are kept when nothing is transferred.
constexpr std::size_t kMostIdle = 8;

}  // namespace

void Buffer::Free::operator()(std::uint8_t* block) const { ::munmap(block, kBytes); }

struct Buffer::Shared {
  std::size_t budget = 0;  // in blocks
  mutable std::mutex mutex;
  std::size_t taken = 0;     // guarded by mutex
  std::vector<Block> spare;  // guarded by mutex; the last one came back last
};

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this != &other) {
    giveBack();
    pool_ = std::move(other.pool_);
    block_ = std::move(other.block_);
  }
  return *this;
}

void Buffer::giveBack() {
  if (!block_) return;
  std::vector<Block> unmapped;  // after the lock is free again
  {
    std::lock_guard lock(pool_->mutex);
    --pool_->taken;
    std::vector<Block>& spare = pool_->spare;
    if (pool_->taken + spare.size() < pool_->budget) spare.push_back(std::move(block_));
    if (pool_->taken == 0 && spare.size() > kMostIdle) {
      auto idle = spare.begin() + kMostIdle;
      unmapped.assign(std::make_move_iterator(idle), std::make_move_iterator(spare.end()));
      spare.erase(idle, spare.end());
    }
  }
  block_.reset();
}

bool Buffer::mayStay() const {
  if (!block_) return false;
  std::lock_guard lock(pool_->mutex);
  return pool_->taken <= pool_->budget;
}

BufferPool::BufferPool(std::size_t budgetBytes) : shared_(std::make_shared<Buffer::Shared>()) {
  shared_->budget = budgetBytes / Buffer::kBytes;
  shared_->spare.reserve(shared_->budget);
}

Buffer BufferPool::take() {
  Buffer::Block block;
  {
    std::lock_guard lock(shared_->mutex);
    ++shared_->taken;
    if (!shared_->spare.empty()) {
      block = std::move(shared_->spare.back());
      shared_->spare.pop_back();
    }
  }
  if (!block) {
    // Of its own, so that it goes back as a whole (a heap keeps what lies between other things),
    // and so that pages that no byte ever arrived in are not there.
    void* memory =
        ::mmap(nullptr, Buffer::kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    block.reset(static_cast<std::uint8_t*>(memory));
  }
  return Buffer(shared_, std::move(block));
}

}  // namespace cloudsync
