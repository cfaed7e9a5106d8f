#include "remote/directory/object_state.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

FileStat someStat() {
  FileStat stat;
  stat.inode = 77;
  stat.size = 5'000'000'000;
  stat.modifyTime = -5;
  stat.changeTime = 1'700'000'000'000'000'001;
  return stat;
}

TEST(ObjectState, EveryFactChangesTheVersion) {
  FileStat stat = someStat();
  ObjectVersion version = versionOf(stat);
  for (auto change : {+[](FileStat& s) { ++s.inode; }, +[](FileStat& s) { ++s.size; },
                      +[](FileStat& s) { ++s.modifyTime; }, +[](FileStat& s) { ++s.changeTime; }}) {
    FileStat other = stat;
    change(other);
    EXPECT_NE(versionOf(other), version);
  }
  EXPECT_EQ(versionOf(stat), version);
}

TEST(ObjectState, TheLongestVersionFits) {
  FileStat stat;
  stat.inode = ~std::uint64_t{0};
  stat.size = ~std::uint64_t{0};
  stat.modifyTime = -1;
  stat.changeTime = -1;
  VersionText text;
  EXPECT_EQ(formatVersion(stat, text).size(), 67u);
}

TEST(ObjectState, ARecordComesBackForTheStateItWasMadeFor) {
  for (const char* nonce : {"", "0123456789abcdef0123456789abcdef", "any text", "16 bytes of text",
                            "ABCDEF0123456789abcdef0123456789"}) {
    ObjectRecord record{sha256Of({}), nonce};
    EXPECT_EQ(decodeRecord(encodeRecord(record, someStat()), someStat()), record) << nonce;
  }
}

TEST(ObjectState, ARecordSaysNothingOfAnotherState) {
  std::string text = encodeRecord({sha256Of({}), "n"}, someStat());
  FileStat longer = someStat();
  ++longer.size;
  EXPECT_FALSE(decodeRecord(text, longer));
  FileStat later = someStat();
  ++later.modifyTime;
  EXPECT_FALSE(decodeRecord(text, later));
  EXPECT_FALSE(decodeRecord(text.substr(0, 20), someStat()));
}

TEST(ObjectState, AnOrdinaryRecordFitsIntoAnInode) {
  ObjectRecord record{sha256Of({}), std::string(32, 'a')};
  EXPECT_LE(kRecordAttribute.size() + encodeRecord(record, someStat()).size(), 88u - 16u);
}

}  // namespace
}  // namespace cloudsync
