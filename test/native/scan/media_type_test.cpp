#include "scan/media_type.h"

#include <gtest/gtest.h>

#include <string_view>

namespace cloudsync {
namespace {

bool media(std::string_view name, std::string_view bytes) {
  return isMedia(name, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(MediaType, BelievesBytesBeforeNames) {
  EXPECT_TRUE(media("photo.txt", "\xff\xd8\xff\xe0rest"));
  EXPECT_TRUE(media("noname", "\x89PNG\r\n\x1a\n...."));
  EXPECT_TRUE(media("clip", std::string_view("\0\0\0\x18"
                                             "ftypmp42",
                                             12)));
  EXPECT_FALSE(media("notes.jpg", "these are my notes\n"));
  EXPECT_FALSE(media("notes.txt", "plain text"));
  EXPECT_FALSE(media("archive.zip", std::string_view("PK\3\4\0\0", 6)));
}

TEST(MediaType, FallsBackToTheExtension) {
  EXPECT_TRUE(media("RAW.NEF", std::string_view("\1\2\3\4", 4)));
  EXPECT_TRUE(media("growing.mp4", ""));
  EXPECT_FALSE(media(".jpg", std::string_view("\1\2", 2)));
  EXPECT_FALSE(media("unknown.bin", std::string_view("\1\2", 2)));
}

}  // namespace
}  // namespace cloudsync
