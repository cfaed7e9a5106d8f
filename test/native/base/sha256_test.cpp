#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string_view>

namespace cloudsync {
namespace {

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Sha256, AgreesWithFips180) {
  EXPECT_EQ(sha256Of(bytesOf("abc")).hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256Of({}).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, DoesNotCareHowTheBytesAreCut) {
  Sha256Hasher hasher;
  hasher.update(bytesOf("a"));
  hasher.update(bytesOf("bc"));
  EXPECT_EQ(hasher.finish(), sha256Of(bytesOf("abc")));
  EXPECT_EQ(hasher.finish(), sha256Of({}));  // finish() starts afresh
}

TEST(Sha256, ReadsItsOwnText) {
  Sha256 hash = sha256Of(bytesOf("abc"));
  EXPECT_EQ(Sha256::fromHexText(hash.hex()), hash);
  EXPECT_EQ(Sha256::fromHexText("ba78"), std::nullopt);
  EXPECT_EQ(Sha256::fromHexText(std::string(64, 'g')), std::nullopt);
}

}  // namespace
}  // namespace cloudsync
