#include "base/buffer_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace cloudsync {
namespace {

TEST(BufferPool, GivesAlignedBlocksAndTheLastOneBackFirst) {
  BufferPool pool(4 * Buffer::kBytes);
  Buffer first = pool.take();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.data()) % 4096, 0u);
  std::uint8_t* block = first.data();
  block[Buffer::kBytes - 1] = 7;
  first = Buffer();
  EXPECT_FALSE(first);
  EXPECT_EQ(pool.take().data(), block);
}

TEST(BufferPool, BeyondItsBudgetNothingMayStay) {
  BufferPool pool(2 * Buffer::kBytes);
  std::optional<Buffer> first = pool.take();
  Buffer second = pool.take();
  EXPECT_TRUE(second.mayStay());
  Buffer third = pool.take();
  ASSERT_TRUE(third) << "what is needed to move at all is always given";
  EXPECT_FALSE(third.mayStay());
  first.reset();
  EXPECT_TRUE(third.mayStay());
}

TEST(BufferPool, BuffersOutliveIt) {
  auto pool = std::make_unique<BufferPool>(Buffer::kBytes);
  Buffer buffer = pool->take();
  pool.reset();
  buffer.data()[0] = 1;
  EXPECT_TRUE(buffer.mayStay());
}

}  // namespace
}  // namespace cloudsync
