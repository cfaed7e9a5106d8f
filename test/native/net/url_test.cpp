#include "net/url.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cctype>

namespace cloudsync {
namespace {

TEST(Url, EncodesEveryByteThatIsNotUnreserved) {
  EXPECT_EQ(encodeUnreserved("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(encodeUnreserved(" +%#?/'()*!@=:,;&"),
            "%20%2B%25%23%3F%2F%27%28%29%2A%21%40%3D%3A%2C%3B%26");
  EXPECT_EQ(encodeUnreserved("\xc3\xa9\xff"), "%C3%A9%FF");
  EXPECT_EQ(encodeUnreserved(std::string_view("\0", 1)), "%00");
  EXPECT_EQ(encodePath("a b//c/../d~"), "a%20b//c/../d~");
}

RC_GTEST_PROP(Url, EncodingComesBackAndNeedsNoMore, (const std::string& bytes)) {
  std::string encoded = encodeUnreserved(bytes);
  RC_ASSERT(decodePercent(encoded) == bytes);
  for (char c : encoded) {
    RC_ASSERT(std::isalnum(static_cast<unsigned char>(c)) ||
              std::string_view("-._~%").find(c) != std::string_view::npos);
  }
}

TEST(Url, DecodingLeavesWhatIsNoEscape) {
  EXPECT_EQ(decodePercent("100%"), "100%");
  EXPECT_EQ(decodePercent("%zz%4"), "%zz%4");
  EXPECT_EQ(decodePercent("%2541"), "%41");
}

TEST(Url, StrictDecodingTakesEscapesOnly) {
  EXPECT_EQ(decodePercentStrictly("a%20b%2B+%c3%A9"), "a b++\xc3\xa9");
  for (std::string_view bad : {"%", "a%4", "%zz", "%4g", "100%", "%%41"}) {
    EXPECT_FALSE(decodePercentStrictly(bad)) << bad;
  }
}

TEST(Url, PartsAreAsWritten) {
  Result<Url> url = parseUrl("HTTPS://Example.COM/a/../b%2Fc//?x=%2B&y");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->path, "/a/../b%2Fc//");
  EXPECT_EQ(url->query, "x=%2B&y");
  EXPECT_EQ(parseUrl("http://[::1]:7480")->port, 7480);
  EXPECT_EQ(parseUrl("http://[::1]:7480")->host, "[::1]");
  EXPECT_EQ(parseUrl("http://host")->path, "/");
}

TEST(Url, WhatCannotBeReachedIsRefused) {
  for (std::string_view bad :
       {"", "host/path", "ftp://host/", "file:///etc/passwd", "http://", "http://user@host/",
        "http://user:secret@host/", "http://host:99999/", "//host/", "javascript:alert(1)",
        "http:/host/", "http:///host/", "http://ho%7st/", "http://h%20st/", "http://ho%73t/",
        "http://h%2541st/", "http://[fe80::1%25eth0]/"}) {
    Result<Url> url = parseUrl(bad);
    ASSERT_FALSE(url) << bad;
    EXPECT_EQ(url.error().kind, ErrorKind::invalidArgument);
    EXPECT_EQ(url.error().subject.find("secret"), std::string::npos);
  }
  EXPECT_FALSE(parseUrl(std::string_view("http://a\0b/", 11)));
}

TEST(Url, AnEscapeInTheHostIsNamedAndElsewhereIsFine) {
  EXPECT_EQ(parseUrl("http://ho%73t/").error().message, "a host is written without escapes (%)");
  EXPECT_EQ(parseUrl("http://host?a=%2F")->query, "a=%2F");
  EXPECT_EQ(parseUrl("http://host/%73")->path, "/%73");
}

TEST(Url, ReferencesAreReadAtTheirBase) {
  std::string base = "http://host:81/a/b?q=1";
  EXPECT_EQ(*resolveReference(base, "/x"), "http://host:81/x");
  EXPECT_EQ(*resolveReference(base, "c?z=%2F"), "http://host:81/a/c?z=%2F");
  EXPECT_EQ(*resolveReference(base, "//other/y#part"), "http://other/y");
  EXPECT_EQ(*resolveReference(base, "https://other/"), "https://other/");
}

TEST(Url, NoSecretSurvivesRedaction) {
  EXPECT_EQ(redactUrl("https://u:p@h/k?X-Amz-Signature=s&prefix=a&X-Amz-Credential=c"),
            "https://h/k?X-Amz-Signature=***&prefix=a&X-Amz-Credential=***");
  EXPECT_EQ(redactUrl("https://h/k?X%2DAmz%2DSecurity%2DToken=t#f"),
            "https://h/k?X%2DAmz%2DSecurity%2DToken=***");
  EXPECT_EQ(redactUrl("http://a@b@h/x@y"), "http://h/x@y");
  EXPECT_EQ(redactUrl("u:p@h/x?"), "h/x?");
}

}  // namespace
}  // namespace cloudsync
