#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "remote/s3/answers.h"
#include "remote/s3/bodies.h"

namespace cloudsync {
namespace {

constexpr std::string_view kPage = R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>bucket</Name><Prefix>a/</Prefix><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys>
  <IsTruncated>true</IsTruncated>
  <NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=+</NextContinuationToken>
  <Contents><Key>a/x &amp; &lt;y&gt; &#x41;.jpg</Key>
    <LastModified>2013-05-24T00:00:00.500Z</LastModified>
    <ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag>
    <Size>434234</Size><StorageClass>STANDARD</StorageClass><Owner><ID>1</ID></Owner></Contents>
  <Contents><Key><![CDATA[a/<&z]]></Key><ETag>e</ETag><Size>0</Size></Contents>
  <CommonPrefixes><Prefix>a/b/</Prefix></CommonPrefixes>
  <CommonPrefixes><Prefix>a/c/</Prefix></CommonPrefixes>
</ListBucketResult>)";

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out(text);
  std::size_t at = out.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return out.replace(at, what.size(), by);
}

TEST(S3Answers, APageIsRead) {
  Result<S3Page> page = parseListPage(kPage);
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].key, "a/x & <y> A.jpg");
  EXPECT_EQ(page->objects[0].size, 434234u);
  EXPECT_EQ(page->objects[0].etag, "fba9dede5f27731c9771645a39863328");
  EXPECT_EQ(page->objects[0].modifyTime, 1'369'353'600'500'000'000);
  EXPECT_EQ(page->objects[1].key, "a/<&z");
  EXPECT_EQ(page->commonPrefixes, (std::vector<std::string>{"a/b/", "a/c/"}));
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->nextToken, "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=+");
}

TEST(S3Answers, EncodedKeysAreDecodedAndTokensAreNot) {
  std::string body = replaced(kPage, "<KeyCount>", "<EncodingType>url</EncodingType><KeyCount>");
  body = replaced(body, "a/x &amp; &lt;y&gt; &#x41;.jpg", "a/x+y%2Bz%20%E6%96%87%0D%2F");
  body = replaced(body, "<![CDATA[a/<&z]]>", "%25zz");
  Result<S3Page> page = parseListPage(body);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->objects[0].key, "a/x y+z \xe6\x96\x87\r/");
  EXPECT_EQ(page->objects[1].key, "%zz");
  EXPECT_EQ(page->nextToken.back(), '+');
  EXPECT_FALSE(parseListPage(replaced(body, "%25zz", "%zz")));
}

TEST(S3Answers, KeysOfOddTextAreWhole) {
  auto keyOf = [](std::string_view text) {
    Result<S3Page> page = parseListPage(replaced(kPage, "<![CDATA[a/<&z]]>", text));
    return page ? page->objects[1].key : page.error().message;
  };
  EXPECT_EQ(keyOf(" "), " ");
  EXPECT_EQ(keyOf("\n"), "\n");
  EXPECT_EQ(keyOf(" a "), " a ");
  EXPECT_EQ(keyOf("a<!-- c -->b<![CDATA[ c]]>"), "ab c");
  EXPECT_EQ(keyOf("%41+"), "%41+");
  EXPECT_EQ(keyOf("\xff\xfe"), "\xff\xfe");
  EXPECT_EQ(keyOf("&#13;&#x10FFFF;"), "\r\xf4\x8f\xbf\xbf");
}

// What a listing must never be: shorter than what the server has, without anybody noticing.
TEST(S3Answers, APageWithAHoleInItIsNoPage) {
  for (auto [what, by] : std::vector<std::pair<const char*, const char*>>{
           {"<Key><![CDATA[a/<&z]]></Key>", ""},
           {"<Key><![CDATA[a/<&z]]></Key>", "<Key/>"},
           {"<Key><![CDATA[a/<&z]]></Key>", "<Key>a&#0;b</Key>"},
           {"<Key><![CDATA[a/<&z]]></Key>", "<Key>a&#x00;b</Key>"},
           {"<Size>0</Size>", ""},
           {"<Size>0</Size>", "<Size></Size>"},
           {"<Size>0</Size>", "<Size>-1</Size>"},
           {"<Size>0</Size>", "<Size>1e3</Size>"},
           {"<Size>0</Size>", "<Size>9223372036854775808</Size>"},
           {"<Size>0</Size>", "<Size>18446744073709551616</Size>"},
           {"2013-05-24T00:00:00.500Z", "yesterday"},
           {"<IsTruncated>true</IsTruncated>", ""},
           {"<IsTruncated>true</IsTruncated>", "<IsTruncated>yes</IsTruncated>"},
           {"<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=+"
            "</NextContinuationToken>",
            ""},
           {"<Prefix>a/b/</Prefix>", ""},
           {"ListBucketResult xmlns", "ListAllMyBucketsResult xmlns"},
           {"</ListBucketResult>", ""},
           {"?>", "?><!DOCTYPE x [<!ENTITY e \"eeee\">]>"}}) {
    Result<S3Page> page = parseListPage(replaced(kPage, what, by));
    ASSERT_FALSE(page) << what << " -> " << by;
    EXPECT_EQ(page.error().kind, ErrorKind::remoteFault);
  }
  for (std::size_t size = 0; size < kPage.size(); ++size) {
    EXPECT_FALSE(parseListPage(kPage.substr(0, size))) << size;
  }
  std::string withNul = std::string(kPage) + std::string(1, '\0');
  EXPECT_FALSE(parseListPage(withNul));
  EXPECT_EQ(parseListPage("<!DOCTYPE html><html></html>").error().kind, ErrorKind::remoteFault);
}

TEST(S3Answers, DeepAndWideDocumentsDoNoHarm) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<a>";
  EXPECT_FALSE(parseListPage(deep));
  for (int i = 0; i < 200'000; ++i) deep += "</a>";
  EXPECT_FALSE(parseListPage(deep));
  std::string wide = "<ListBucketResult>";
  for (int i = 0; i < 500'000; ++i) wide += "<a/>";
  Result<S3Page> page = parseListPage(wide + "</ListBucketResult>");
  ASSERT_FALSE(page);
  EXPECT_NE(page.error().message.find("more elements"), std::string::npos);
}

TEST(S3Answers, VersionsKeepTheirOrder) {
  std::string_view body = R"(<ListVersionsResult><EncodingType>url</EncodingType>
    <IsTruncated>true</IsTruncated><NextKeyMarker>k%2B+1</NextKeyMarker>
    <NextVersionIdMarker>v+1</NextVersionIdMarker>
    <DeleteMarker><Key>a%20b</Key><VersionId>3</VersionId><IsLatest>true</IsLatest>
      <LastModified>2026-01-01T00:00:00Z</LastModified></DeleteMarker>
    <Version><Key>a%20b</Key><VersionId>2</VersionId><IsLatest>false</IsLatest><ETag>"e"</ETag>
      <Size>7</Size></Version>
    <DeleteMarker><Key>b</Key><VersionId>null</VersionId><IsLatest>false</IsLatest></DeleteMarker>
    </ListVersionsResult>)";
  Result<S3VersionsPage> page = parseVersionsPage(body);
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->versions.size(), 3u);
  EXPECT_TRUE(page->versions[0].deleteMarker);
  EXPECT_TRUE(page->versions[0].latest);
  EXPECT_EQ(page->versions[0].modifyTime, 1'767'225'600'000'000'000);
  EXPECT_EQ(page->versions[1].key, "a b");
  EXPECT_EQ(page->versions[1].versionId, "2");
  EXPECT_EQ(page->versions[1].size, 7u);
  EXPECT_EQ(page->versions[1].etag, "e");
  EXPECT_EQ(page->versions[2].versionId, "null");
  EXPECT_EQ(page->nextKeyMarker, "k+ 1");
  EXPECT_EQ(page->nextVersionIdMarker, "v+1");
  for (const char* needed :
       {"<VersionId>2</VersionId>", "<Size>7</Size>", "<NextKeyMarker>k%2B+1</NextKeyMarker>"}) {
    EXPECT_FALSE(parseVersionsPage(replaced(body, needed, ""))) << needed;
  }
}

TEST(S3Answers, PartsAreRead) {
  std::string_view body = R"(<ListPartsResult><IsTruncated>true</IsTruncated>
    <NextPartNumberMarker>3</NextPartNumberMarker>
    <Part><PartNumber>3</PartNumber><ETag>&quot;abc&quot;</ETag><Size>10485760</Size></Part>
    </ListPartsResult>)";
  Result<S3PartsPage> page = parsePartsPage(body);
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->parts.size(), 1u);
  EXPECT_EQ(page->parts[0].number, 3u);
  EXPECT_EQ(page->parts[0].size, 10'485'760u);
  EXPECT_EQ(page->parts[0].etag, "abc");
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->nextMarker, 3u);
  for (const char* needed : {"<PartNumber>3</PartNumber>", "<Size>10485760</Size>",
                             "<NextPartNumberMarker>3</NextPartNumberMarker>"}) {
    EXPECT_FALSE(parsePartsPage(replaced(body, needed, ""))) << needed;
  }
  EXPECT_FALSE(parsePartsPage(replaced(body, "<PartNumber>3<", "<PartNumber>-3<")));
}

TEST(S3Answers, ErrorsAreReadWhereThereAreAny) {
  S3Error error = parseS3Error(
      "<?xml version=\"1.0\"?>\n<Error><Code> NoSuchKey </Code>"
      "<Message>gone\x1b[31m</Message><RequestId>1</RequestId></Error>");
  EXPECT_EQ(error.code, "NoSuchKey");
  EXPECT_EQ(error.message, "gone [31m");
  EXPECT_EQ(
      parseS3Error("<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>").code,
      "ExpiredToken");
  std::string page = "<html><Code>no</Code></html>";
  for (std::string_view none : {"", " ", "gateway timeout", "<Error><Code>Slow", "<Error/>",
                                "<!DOCTYPE html><Error><Code>x</Code></Error>"}) {
    EXPECT_EQ(parseS3Error(none).code, "") << none;
  }
  EXPECT_EQ(parseS3Error(page).code, "");
}

TEST(S3Answers, UploadIdsAndEtagsAreBare) {
  EXPECT_EQ(*parseUploadId("<InitiateMultipartUploadResult><UploadId>2~a/b+c=</UploadId>"
                           "</InitiateMultipartUploadResult>"),
            "2~a/b+c=");
  EXPECT_FALSE(parseUploadId("<InitiateMultipartUploadResult/>"));
  EXPECT_EQ(*parseEtagAnswer("<CopyObjectResult><ETag>&quot;x-2&quot;</ETag></CopyObjectResult>"),
            "x-2");
  EXPECT_EQ(*parseEtagAnswer("<CopyPartResult><ETag>\"y\"</ETag></CopyPartResult>"), "y");
  // RGW sends no ETag; AWS sends spaces while it is still working.
  EXPECT_EQ(*parseEtagAnswer("\n\n  <?xml version=\"1.0\"?><CompleteMultipartUploadResult>"
                             "<Key>k</Key></CompleteMultipartUploadResult>"),
            "");
  EXPECT_FALSE(parseEtagAnswer(""));
  EXPECT_FALSE(parseEtagAnswer("<CompleteMultipartUploadResult><ETag>x"));
  EXPECT_EQ(stripEtag(" W/\"a\"b\" \t"), "a\"b");
  EXPECT_EQ(stripEtag("\""), "\"");
  EXPECT_EQ(stripEtag("\"\""), "");
  EXPECT_EQ(stripEtag("plain"), "plain");
}

TEST(S3Answers, AnErrorInsideA200IsToldByItsCode) {
  std::string_view body = "<Error><Code>InternalError</Code><Message>try again</Message></Error>";
  for (const Error& error :
       {parseEtagAnswer(body).error(), parseListPage(body).error(), parseUploadId(body).error()}) {
    EXPECT_EQ(error.kind, ErrorKind::remoteFault);
    EXPECT_EQ(error.subject, "InternalError");
    EXPECT_NE(error.message.find("InternalError: try again"), std::string::npos);
  }
}

TEST(S3Answers, VersioningIsOnWhenTheServerSaysSo) {
  auto answer = [](std::string_view inside) {
    return parseVersioningEnabled("<VersioningConfiguration>" + std::string(inside) +
                                  "</VersioningConfiguration>");
  };
  EXPECT_TRUE(answer("<Status>Enabled</Status>"));
  EXPECT_FALSE(answer("<Status>Suspended</Status>"));
  EXPECT_FALSE(answer(""));
  EXPECT_FALSE(parseVersioningEnabled("<Error><Code>NotImplemented</Code></Error>"));
}

TEST(S3Bodies, PartsAreQuotedAndEscaped) {
  EXPECT_EQ(completeBody({{1, "a"}, {2, "\"<&>\""}}),
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>\"&lt;&amp;&gt;\"</ETag></Part>"
            "</CompleteMultipartUpload>");
}

}  // namespace
}  // namespace cloudsync
