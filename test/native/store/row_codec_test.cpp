#include "store/row_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace cloudsync {
namespace {

TEST(RowCodec, GivesBackAnyFingerprint) {
  EXPECT_TRUE(rc::check([](std::uint64_t inode, Nanoseconds birth, ByteCount size,
                           Nanoseconds modified, Nanoseconds changed) {
    Fingerprint print{inode, birth, size, modified, changed};
    RC_ASSERT(decodePrint(bytesOf(encodePrint(print))) == print);
  }));
}

TEST(RowCodec, WritesAFingerprintReadably) {
  PrintBytes bytes = encodePrint({0x0102, 0, 0, 0, -1});
  EXPECT_EQ(bytes[6], 1);
  EXPECT_EQ(bytes[7], 2);
  EXPECT_EQ(bytes[39], '\xff');
}

TEST(RowCodec, GivesBackAnyRanges) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint32_t>& steps) {
    std::vector<ByteRange> ranges;
    ByteCount at = 0;
    for (std::size_t i = 0; i + 1 < steps.size(); i += 2) {
      ranges.push_back({at + steps[i], at + steps[i] + steps[i + 1]});
      at = ranges.back().end;
    }
    RC_ASSERT(decodeRanges(encodeRanges(ranges)) == ranges);
  }));
}

TEST(RowCodec, KeepsRangesUpToTheLargestFile) {
  constexpr ByteCount kMax = std::numeric_limits<ByteCount>::max();
  std::vector<ByteRange> ranges = {{0, 1}, {kMax - 1, kMax}};
  EXPECT_EQ(decodeRanges(encodeRanges(ranges)), ranges);
}

TEST(RowCodec, NeedsFewBytesForManyRanges) {
  std::vector<ByteRange> ranges;
  for (ByteCount i = 0; i < 1000; ++i) ranges.push_back({i * 16'384, i * 16'384 + 8'192});
  EXPECT_LE(encodeRanges(ranges).size(), 4'000U);
}

TEST(RowCodec, ReadsBrokenRangesUpToTheBreak) {
  std::string bytes = encodeRanges({{1, 5}, {1000, 2000}});
  bytes.pop_back();
  EXPECT_EQ(decodeRanges(bytes), (std::vector<ByteRange>{{1, 5}}));
}

}  // namespace
}  // namespace cloudsync
