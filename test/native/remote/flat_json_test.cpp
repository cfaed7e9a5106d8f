#include "remote/s3/credentials/flat_json.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

using Fields = std::map<std::string, std::string>;

TEST(FlatJson, ReadsStringsNumbersAndLiterals) {
  EXPECT_EQ(parseFlatJson(R"( { "a" : "b" , "n":-1.5e3, "t":true,"z":null, "":"" } )"),
            (Fields{{"a", "b"}, {"n", "-1.5e3"}, {"t", "true"}, {"z", ""}, {"", ""}}));
  EXPECT_EQ(parseFlatJson("{}"), Fields());
  EXPECT_EQ(parseFlatJson("{\"a\":\"1\",\"a\":\"2\"}"), (Fields{{"a", "2"}}));
}

TEST(FlatJson, DecodesEscapes) {
  EXPECT_EQ(parseFlatJson(R"({"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00"})"),
            (Fields{{"a", "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"}}));
}

TEST(FlatJson, IsNothingElse) {
  for (std::string_view bad : {"",
                               "{",
                               "}",
                               "[]",
                               "\"a\"",
                               "{\"a\"}",
                               "{\"a\":}",
                               "{\"a\":1",
                               "{\"a\":1,}",
                               "{a:1}",
                               "{\"a\":{}}",
                               "{\"a\":[1]}",
                               "{\"a\":\"b}",
                               "{\"a\":\"\\x\"}",
                               "{\"a\":\"\\u12\"}",
                               "{\"a\":\"\\ud83d\"}",
                               "{\"a\":\"\\ude00\"}",
                               "{\"a\":\"\\ud83d\\u0041\"}",
                               "{} x",
                               "{\"a\":\"b\nc\"}",
                               "{\"a\":\"b\\",
                               "<html>"}) {
    EXPECT_FALSE(parseFlatJson(bad)) << bad;
  }
  std::string whole = R"({"AccessKeyId":"a","Expiration":null,"n":1})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parseFlatJson(std::string_view(whole).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace cloudsync
