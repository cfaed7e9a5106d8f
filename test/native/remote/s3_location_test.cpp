#include <gtest/gtest.h>

#include <map>
#include <string>

#include "net/url.h"
#include "remote/s3/location.h"

namespace cloudsync {
namespace {

using Variables = std::map<std::string, std::string>;

EnvironmentLookup environmentOf(Variables variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

Result<S3Location> parse(std::string_view url, const RemoteOptions& options = {},
                         Variables variables = {}) {
  return parseS3Location(url, options, environmentOf(std::move(variables)));
}

S3Location good(std::string_view url, const RemoteOptions& options = {}, Variables variables = {}) {
  Result<S3Location> location = parse(url, options, std::move(variables));
  EXPECT_TRUE(location) << url << ": " << location.error().message;
  return location ? *location : S3Location();
}

std::string refusalOf(std::string_view url, const RemoteOptions& options = {},
                      Variables variables = {}) {
  Result<S3Location> location = parse(url, options, std::move(variables));
  EXPECT_FALSE(location) << url;
  if (location) return {};
  EXPECT_EQ(location.error().kind, ErrorKind::invalidArgument);
  return location.error().message + " " + location.error().subject;
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

TEST(S3Location, AServerOfOnesOwnIsNamedInTheUrl) {
  S3Location location = good(
      "S3://Bucket_1/a%20b/c?endpoint=http://127.0.0.1:7480/base/&region=eu&pathStyle=true&"
      "anonymous=true&insecure=true");
  EXPECT_EQ(location.bucket, "Bucket_1");
  EXPECT_EQ(location.prefix, "a b/c/");
  EXPECT_EQ(location.scheme, "http");
  EXPECT_EQ(location.host, "127.0.0.1");
  EXPECT_EQ(location.port, 7480);
  EXPECT_EQ(location.basePath, "/base");
  EXPECT_EQ(location.region, "eu");
  EXPECT_TRUE(location.regionGiven && location.ownEndpoint && location.pathStyle);
  EXPECT_TRUE(location.anonymous);
  EXPECT_EQ(location.route.tls, TlsVerification::none);
  EXPECT_EQ(urlOf(location, "a b/c/d", {}), "http://127.0.0.1:7480/base/Bucket_1/a%20b/c/d");
}

TEST(S3Location, WithoutAnEndpointItIsAws) {
  S3Location location = good("s3://photos");
  EXPECT_EQ(location.prefix, "");
  EXPECT_EQ(location.region, "us-east-1");
  EXPECT_FALSE(location.regionGiven || location.ownEndpoint || location.anonymous);
  EXPECT_EQ(location.route.tls, TlsVerification::full);
  EXPECT_EQ(urlOf(location, "", {}), "https://photos.s3.us-east-1.amazonaws.com/");
  EXPECT_EQ(urlOf(good("s3://a/?region=eu-west-1"), "k", {}),
            "https://a.s3.eu-west-1.amazonaws.com/k");
  EXPECT_EQ(urlOf(good("s3://a", {{"region", "cn-north-1"}}), "k", {}),
            "https://a.s3.cn-north-1.amazonaws.com.cn/k");
  // No wildcard certificate covers a dot, and no host name a capital letter.
  EXPECT_EQ(urlOf(good("s3://a.b"), "k", {}), "https://s3.us-east-1.amazonaws.com/a.b/k");
  EXPECT_EQ(urlOf(good("s3://A_b"), "", {}), "https://s3.us-east-1.amazonaws.com/A_b");
  EXPECT_EQ(urlOf(good("s3://a.b?pathStyle=false"), "", {}),
            "https://a.b.s3.us-east-1.amazonaws.com/");
  EXPECT_EQ(urlOf(good("s3://a?pathStyle=true"), "", {}), "https://s3.us-east-1.amazonaws.com/a");
}

TEST(S3Location, TheEnvironmentFillsInWhatIsNotGiven) {
  Variables variables = {{"AWS_REGION", "eu-1"}, {"AWS_DEFAULT_REGION", "eu-2"}};
  EXPECT_EQ(good("s3://a", {}, variables).region, "eu-1");
  EXPECT_TRUE(good("s3://a", {}, variables).regionGiven);
  EXPECT_EQ(good("s3://a?region=eu-3", {}, variables).region, "eu-3");
  variables["AWS_REGION"] = "";
  EXPECT_EQ(good("s3://a", {}, variables).region, "eu-2");
  variables["AWS_ENDPOINT_URL"] = "https://one";
  EXPECT_EQ(good("s3://a", {}, variables).host, "one");
  EXPECT_TRUE(good("s3://a", {}, variables).pathStyle);
  variables["AWS_ENDPOINT_URL_S3"] = "https://two:443/";
  EXPECT_EQ(urlOf(good("s3://a", {}, variables), "k", {}), "https://two/a/k");
  EXPECT_EQ(good("s3://a?endpoint=http://three", {}, variables).host, "three");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  EXPECT_FALSE(good("s3://a", {}, variables).ownEndpoint);
}

TEST(S3Location, OptionsSayWhatTheUrlMustNot) {
  S3Location location = good("s3://a?profile=work", {{"ca", "/etc/ca.pem"},
                                                     {"endpoint", "https://h"},
                                                     {"pathStyle", "false"},
                                                     {"headers.X-Tenant", "t 1"},
                                                     {"headers.x-amz-request-payer", "requester"}});
  EXPECT_EQ(location.profile, "work");
  EXPECT_EQ(location.route.caFile, "/etc/ca.pem");
  ASSERT_EQ(location.headers.size(), 2u);
  EXPECT_EQ(location.headers[0].name, "X-Tenant");
  EXPECT_EQ(location.headers[0].value, "t 1");
  EXPECT_EQ(urlOf(location, "", {}), "https://a.h/");
  EXPECT_TRUE(parse("s3://a?region=eu", {{"region", "eu"}}));
  EXPECT_TRUE(says(refusalOf("s3://a?region=eu", {{"region", "us"}}), "twice"));
  EXPECT_TRUE(says(refusalOf("s3://a?region=eu&region=us"), "twice"));
}

TEST(S3Location, WhatIsNotKnownIsToldWithTheNearest) {
  EXPECT_TRUE(says(refusalOf("s3://a?regoin=eu"), "did you mean 'region'"));
  EXPECT_TRUE(says(refusalOf("s3://a?ca=/x"), "known: anonymous"));
  EXPECT_TRUE(says(refusalOf("s3://a", {{"credentials.accessKey", "x"}}),
                   "did you mean 'credentials.accessKeyId'"));
  EXPECT_TRUE(says(refusalOf("s3://a", {{"headers.", "x"}}), "headers.NAME"));
  EXPECT_TRUE(says(refusalOf("s3://a?anonymous"), "anonymous=VALUE"));
  EXPECT_TRUE(says(refusalOf("s3://a?anonymous=yes"), "true or false"));
  EXPECT_TRUE(says(refusalOf("s3://a?region="), "empty"));
  EXPECT_TRUE(says(refusalOf("s3://a?region=%"), "hex digits"));
  EXPECT_TRUE(says(refusalOf("s3://a?region=a.evil.example/"), "letters"));
  EXPECT_TRUE(says(refusalOf("s3://a?endpoint=localhost:7480"), "http://HOST:PORT"));
  EXPECT_TRUE(says(refusalOf("s3://a?endpoint=ftp://h"), "http"));
  EXPECT_TRUE(says(refusalOf("s3://a?endpoint=http://h/?x=1"), "no ?"));
  EXPECT_TRUE(says(refusalOf("s3://a", {}, {{"AWS_ENDPOINT_URL", "h"}}), "AWS_ENDPOINT_URL"));
  EXPECT_TRUE(says(refusalOf("s3://A?pathStyle=false"), "pathStyle=true"));
  EXPECT_TRUE(says(refusalOf("s3://a?pathStyle=false&endpoint=http://127.0.0.1"), "pathStyle"));
}

TEST(S3Location, NoSecretIsTakenFromTheUrlOrShown) {
  for (std::string_view url :
       {"s3://AKIA:hush@bucket/p", "s3://AKIA:hu/hush@bucket/p", "s3://hush@bucket",
        "s3://AKIA%3Ahush:x/y@bucket", "s3://b?secretAccessKey=hush", "s3://b?accesskeyid=hush",
        "s3://b?X-Amz-Security-Token=hush", "s3://b?sessionToken=hush&x", "s3://b?sekrit=hush",
        "s3://b:hush/", "s3://hu$sh/", "s3://b?endpoint=http://AKIA:hush@h/",
        "s3://b?pathStyle=hush", "s3://b?anonymous=true&region=hush/"}) {
    std::string refusal = refusalOf(url);
    EXPECT_FALSE(says(refusal, "hush")) << url << ": " << refusal;
    EXPECT_FALSE(says(refusal, "AKIA")) << url << ": " << refusal;
  }
  EXPECT_TRUE(says(refusalOf("s3://k:s@b"), "credentials do not belong"));
  EXPECT_FALSE(says(refusalOf("s3://b", {{"headers.x", "hush\n"}}), "hush"));
  EXPECT_FALSE(says(refusalOf("s3://b", {{"credentials.accessKeyId", "hush"}}), "hush"));
}

TEST(S3Location, CredentialsAreWholeAndSaidOnce) {
  RemoteOptions both = {{"credentials.accessKeyId", "a"}, {"credentials.secretAccessKey", "s"}};
  EXPECT_TRUE(parse("s3://b", both));
  EXPECT_FALSE(parse("s3://b", {{"credentials.secretAccessKey", "s"}}));
  EXPECT_FALSE(parse("s3://b", {{"credentials.sessionToken", "t"}}));
  EXPECT_TRUE(says(refusalOf("s3://b?anonymous=true", both), "anonymous"));
  EXPECT_TRUE(says(refusalOf("s3://b?profile=x", both), "profile"));
  for (const char* ours : {"Authorization", "host", "X-Amz-Date", "x-amz-meta-mtime", "Range",
                           "x-amz-content-sha256", "X-Amz-Copy-Source-If-Match"}) {
    RemoteOptions options = {{"headers." + std::string(ours), "x"}};
    EXPECT_TRUE(says(refusalOf("s3://b", options), "sets itself")) << ours;
  }
  EXPECT_FALSE(parse("s3://b", {{"headers.a b", "x"}}));
}

TEST(S3Location, PrefixesAreDecodedAndPlain) {
  EXPECT_EQ(good("s3://b/").prefix, "");
  EXPECT_EQ(good("s3://b/p").prefix, "p/");
  EXPECT_EQ(good("s3://b/p/").prefix, "p/");
  EXPECT_EQ(good("s3://b/a%2Fb").prefix, "a/b/");
  EXPECT_EQ(good("s3://b/a+b%20%2B%3F%23%25%C3%A9@x:y").prefix, "a+b +?#%\xc3\xa9@x:y/");
  for (const char* bad : {"s3://b//",
                          "s3://b//p",
                          "s3://b/p//",
                          "s3://b/p//q",
                          "s3://b/..",
                          "s3://b/p/../q",
                          "s3://b/%2E%2E/q",
                          "s3://b/./q",
                          "s3://b/.cloudsync",
                          "s3://b/p/.cloudsync/trash",
                          "s3://b/%zz",
                          "s3://b/a%00b",
                          "s3://b/%ff",
                          "s3://b/a#b",
                          "s3://",
                          "s3:///p",
                          "s3://../p",
                          "s3://b:80/p",
                          "s3://b c/p",
                          "s3:b",
                          "http://b"}) {
    EXPECT_FALSE(parse(bad)) << bad;
  }
  EXPECT_FALSE(parse("s3://b/" + std::string(513, 'x')));
  EXPECT_TRUE(says(refusalOf("s3://b/p//q"), "single slashes"));
  EXPECT_TRUE(says(refusalOf("s3://b:7480/p"), "endpoint="));
}

TEST(S3Location, EveryByteThatIsNotUnreservedIsEscaped) {
  S3Location location = good("s3://b?endpoint=http://h");
  EXPECT_EQ(urlOf(location, "a b/\xc3\xbc+%#?~'()*!//.\xff", {}),
            "http://h/b/a%20b/%C3%BC%2B%25%23%3F~%27%28%29%2A%21//.%FF");
  EXPECT_EQ(urlOf(location, "", {{"uploads", ""}}), "http://h/b?uploads=");
  EXPECT_EQ(
      urlOf(location, "", {{"prefix", "a/b +"}, {"list-type", "2"}, {"a-b", "1"}, {"a", "2"}}),
      "http://h/b?a=2&a-b=1&list-type=2&prefix=a%2Fb%20%2B");
  Result<Url> url = parseUrl(urlOf(location, "../x/./", {}));
  ASSERT_TRUE(url);
  EXPECT_EQ(url->path, "/b/../x/./");
}

TEST(S3Location, MovesToTheRegionThatItIsIn) {
  EXPECT_EQ(inRegion(good("s3://a"), "eu-west-1").host, "s3.eu-west-1.amazonaws.com");
  S3Location own = inRegion(good("s3://a?endpoint=http://h"), "eu-west-1");
  EXPECT_EQ(own.region, "eu-west-1");
  EXPECT_EQ(own.host, "h");
  EXPECT_EQ(inRegion(good("s3://a"), "evil.example/").region, "us-east-1");
  EXPECT_EQ(inRegion(good("s3://a"), "").region, "us-east-1");
}

}  // namespace
}  // namespace cloudsync
