#include <gtest/gtest.h>

#include "net/sigv4.h"
#include "remote/s3/location.h"

namespace cloudsync {
namespace {

struct Recorded {
  const char* key;
  const char* signature;
};

// What @smithy/signature-v4 5.7.5 (AWS's own signer for JavaScript, uriEscapePath: false) signs for
// PUT http://127.0.0.1:7480/bucket/KEY?prefix=KEY&uploads= on 2013-05-24.
constexpr Recorded kRecorded[] = {
    {"plain.txt", "f38ad8a61777dc655d8d85725154acc08f7b8f1a7596f5f9fd85b0e93658e0e3"},
    {"a b", "8f63a2ea5d3fbc5c304e75ea6400b56a3a1605893db7231f8755be57be6f2f6f"},
    {"a  b ", "86ea6b8a807107a765adc2bf53e05eb57242a9163beff8f346d7dc4abc563829"},
    {"a+b", "030cdf58b07f8cf57315ef4a271ec778f4444373744b64f0b85f7f4891c3e4b7"},
    {"100%", "f2403cb2be446da3c8eed1c37c2f82ead1eb726d2a8ec3b174900457cf502d13"},
    {"%41", "a23f6eb9cf84cd4fed2bcf3090cce4dded8c3f7bd862cae435eaa6ad7b4a7610"},
    {"a#b", "b4d1b787c77418b463208d903114ba2a5786ca83ceeeed0e26bcf321ae4b493d"},
    {"a?b=c&d", "84e901f46fd969aa94381709c306bb5a0b4239a7eff1aa9948c400a11109982c"},
    {"~x", "d42df99f41837945fa130d6db7ff7b7dea8d9f9418de4a8fd8c8269c168b5a80"},
    {"it's", "ce8da3f5f9fc8c69ae7d86a9e645a3a638e7736f9234024acec4b4bfed740228"},
    {"(x)", "a1b30f63a3ba709b2dbded936a2b0d20a01b4241ef75f2285e777b4db038e8c0"},
    {"a*b", "911c7c967e0e9aaf45fcf5a863f0041abd47caa8846f7e967364af1f622391d5"},
    {"a//b", "2469d20a4d5a0b29533ae3cd6d620cfec1126a7db2e02001eee027f822c92a52"},
    {"/a", "6715c60c5608276fee7942837a6a667291ae230b7f61194a58a060ba51ba7570"},
    {"a/", "a50e049012554b826e81238f0e442334c5213247561c85777188f992cda6067a"},
    {"a/../b", "331177425fc071e11a3f8177db8ae3dfb7a6aeb83d05b832d49a7fe2158edce2"},
    {"./a", "efd265c3f5abc186c5307f496eb0e6987bb7748b0b73b43e9af2575382a1f63f"},
    {"@:,;=&$!", "3ff4a4f7ee2e0ed5f265cda76d8be91317f217ba8954f761e232f2043b16397f"},
    {"\"<>\\^`{|}[]", "3ba5dd7c4705e793bf0c06093259fc6ac964b02cfa1d5ef9ed44d3a9b4c8308e"},
    {"\303\274/\346\226\207/\360\237\230\200",
     "0ad92ec9ab1f5841a1b11d9d5ce9a985a3e78d2a0c7ad29b4702fbd2153ea521"},
    {"tab\011here\012", "fc4b9b7a0e8de71588ef6b838992efc2016620eb483ecf4c9d42746c5064d579"},
};

TEST(S3Signatures, AreAwssForKeysThatUrlsChokeOn) {
  S3Location location;
  location.bucket = "bucket";
  location.scheme = "http";
  location.host = "127.0.0.1";
  location.port = 7480;
  location.pathStyle = true;
  SigningIdentity identity{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  for (auto [key, signature] : kRecorded) {
    HttpRequest request;
    request.method = "PUT";
    request.url = urlOf(location, key, {{"uploads", ""}, {"prefix", key}});
    ASSERT_TRUE(signRequest(request, identity, {"us-east-1"}, 1'369'353'600'000'000'000)) << key;
    std::string_view authorization = *request.headers.find("Authorization");
    EXPECT_EQ(authorization.substr(authorization.rfind('=') + 1), signature) << request.url;
  }
}

}  // namespace
}  // namespace cloudsync
