#include "remote/s3/iso_time.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

TEST(IsoTime, IsReadToTheNanosecond) {
  EXPECT_EQ(parseIsoTime("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parseIsoTime("1970-01-01T00:00:00.000Z"), 0);
  EXPECT_EQ(parseIsoTime("1969-12-31T23:59:59.999999999Z"), -1);
  EXPECT_EQ(parseIsoTime("2024-02-29T12:34:56.7Z"), 1'709'210'096'700'000'000);
  EXPECT_EQ(parseIsoTime("2261-12-31T23:59:60Z"), 9'214'646'400'000'000'000);
}

TEST(IsoTime, IsNothingElse) {
  for (std::string_view bad : {"",
                               "Z",
                               "2024-02-30T00:00:00Z",
                               "2023-02-29T00:00:00Z",
                               "2024-00-01T00:00:00Z",
                               "2024-01-01T24:00:00Z",
                               "2024-01-01T00:60:00Z",
                               "2024-01-01T00:00:00",
                               "2024-01-01 00:00:00Z",
                               "2024-01-01T00:00:00.Z",
                               "2024-01-01T00:00:00.1234567890Z",
                               "2024-01-01T00:00:00+01:00",
                               "2024-01-01T00:00:-1Z",
                               "+024-01-01T00:00:00Z",
                               "2024-01-01T00:00:00.-1Z",
                               "2024-01-01T00:00:00.-Z",
                               "2024-01-01T-0:00:00Z",
                               "1500-01-01T00:00:00Z",
                               "9999-12-31T00:00:00Z",
                               "Fri, 24 May 2013 00:00:00 GMT"}) {
    EXPECT_FALSE(parseIsoTime(bad)) << bad;
  }
}

}  // namespace
}  // namespace cloudsync
