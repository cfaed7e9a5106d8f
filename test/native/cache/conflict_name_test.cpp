#include "cache/conflict_name.h"

#include <gtest/gtest.h>

#include "base/rel_path.h"

namespace cloudsync {
namespace {

const Sha256 kHash =
    *Sha256::fromHexText("a1b2c3d4e5f60000000000000000000000000000000000000000000000000001");
constexpr Nanoseconds kNoon = 1'764'000'000'000'000'000;  // 2025-11-24T16:00:00Z

std::string named(std::string_view key) { return conflictKey(key, {"laptop", kNoon, kHash, 6}); }

TEST(ConflictName, StandsBesideTheFileAndKeepsItsExtension) {
  EXPECT_EQ(named("album/cat.jpg"), "album/cat (conflict laptop 2025-11-24 a1b2c3).jpg");
}

TEST(ConflictName, TakesOnlyTheLastExtension) {
  EXPECT_EQ(named("a.tar.gz"), "a.tar (conflict laptop 2025-11-24 a1b2c3).gz");
}

TEST(ConflictName, FindsNoExtensionInADotfileOrAPlainName) {
  EXPECT_EQ(named(".bashrc"), ".bashrc (conflict laptop 2025-11-24 a1b2c3)");
  EXPECT_EQ(named("...x"), "...x (conflict laptop 2025-11-24 a1b2c3)");
  EXPECT_EQ(named("Makefile"), "Makefile (conflict laptop 2025-11-24 a1b2c3)");
  EXPECT_EQ(named(".config.json"), ".config (conflict laptop 2025-11-24 a1b2c3).json");
}

TEST(ConflictName, TakesALongOrSpacedEndingForPartOfTheStem) {
  EXPECT_EQ(named("Letter to Dr. Smith"),
            "Letter to Dr. Smith (conflict laptop 2025-11-24 a1b2c3)");
  EXPECT_EQ(named("v1.abcdefghijklmnopq"),
            "v1.abcdefghijklmnopq (conflict laptop 2025-11-24 a1b2c3)");
  EXPECT_EQ(named("file."), "file. (conflict laptop 2025-11-24 a1b2c3)");
}

TEST(ConflictName, CutsTheStemAtACharacterSoThatTheNameFits) {
  std::string stem;
  while (stem.size() < 250) stem += "\xc3\xa9";  // é
  std::string name = named(stem + ".jpg");
  EXPECT_LE(name.size(), 255u);
  EXPECT_GE(name.size(), 254u);
  EXPECT_TRUE(isValidUtf8(name));
  EXPECT_TRUE(name.ends_with(" (conflict laptop 2025-11-24 a1b2c3).jpg"));
}

TEST(ConflictName, KeepsThePathWithinTheLongestKey) {
  std::string parent;
  for (int i = 0; i < 4; ++i) parent += std::string(239, 'd') + "/";
  std::string name = named(parent + std::string(60, 'f') + ".jpg");
  EXPECT_LE(name.size(), 1024u);
  EXPECT_EQ(faultOf(name), NameFault::none);
}

TEST(ConflictName, TellsTheDayInUtcAlsoBefore1970) {
  EXPECT_EQ(conflictKey("a", {"x", -1, kHash, 6}), "a (conflict x 1969-12-31 a1b2c3)");
  EXPECT_EQ(conflictKey("a", {"x", 0, kHash, 6}), "a (conflict x 1970-01-01 a1b2c3)");
}

TEST(ConflictName, KeepsADeviceNameWithinOneComponent) {
  EXPECT_EQ(conflictKey("a", {"x/y\n", 0, kHash, 6}), "a (conflict x-y- 1970-01-01 a1b2c3)");
  EXPECT_EQ(conflictKey("a", {"", 0, kHash, 6}), "a (conflict device 1970-01-01 a1b2c3)");
  EXPECT_LE(conflictKey("a.txt", {std::string(500, 'd'), 0, kHash, 64}).size(), 255u);
}

TEST(ConflictName, TellsTwoContentsApart) {
  Sha256 other = kHash;
  other.bytes[0] ^= 1;
  EXPECT_NE(named("a"), conflictKey("a", {"laptop", kNoon, other, 6}));
}

}  // namespace
}  // namespace cloudsync
