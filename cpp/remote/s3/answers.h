#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace cloudsync {

// The XML that S3 answers with, as values. PURE; any thread. What cannot be understood is
// `remoteFault` that says what was wrong: a listing that was misread would look like deletions.

struct S3Error {
  std::string code;  // "NoSuchKey"; "" when the body holds no error
  std::string message;
};
S3Error parseS3Error(std::string_view body);  // never fails

struct S3Object {
  std::string key;
  ByteCount size = 0;
  std::string etag;  // bare: see stripEtag
  Nanoseconds modifyTime = 0;
};

struct S3Page {
  std::vector<S3Object> objects;
  std::vector<std::string> commonPrefixes;
  bool truncated = false;
  std::string nextToken;  // never "" when truncated
};
// ListObjectsV2; keys are decoded where <EncodingType> says that they are encoded.
Result<S3Page> parseListPage(std::string_view body);

struct S3Version {
  std::string key;
  std::string versionId;
  bool latest = false;
  bool deleteMarker = false;
  ByteCount size = 0;
  std::string etag;
  Nanoseconds modifyTime = 0;
};

struct S3VersionsPage {
  std::vector<S3Version> versions;  // as the document has them: newest first within a key
  bool truncated = false;
  std::string nextKeyMarker;  // never "" when truncated
  std::string nextVersionIdMarker;
};
Result<S3VersionsPage> parseVersionsPage(std::string_view body);

struct S3StoredPart {
  std::uint32_t number = 0;
  ByteCount size = 0;
  std::string etag;
};

struct S3PartsPage {
  std::vector<S3StoredPart> parts;
  bool truncated = false;
  std::uint32_t nextMarker = 0;
};
// ListParts.
Result<S3PartsPage> parsePartsPage(std::string_view body);

// CreateMultipartUpload's answer.
Result<std::string> parseUploadId(std::string_view body);

// The ETag in CompleteMultipartUploadResult, CopyObjectResult or CopyPartResult, bare; "" when the
// answer has none. An <Error> inside a 200 is `remoteFault` with the error's code as its subject.
Result<std::string> parseEtagAnswer(std::string_view body);

// GetBucketVersioning: is it enabled? Suspended and never configured are both no.
bool parseVersioningEnabled(std::string_view body);

// An ETag without quotes, without W/ and without the spaces around it.
std::string stripEtag(std::string_view header);

}  // namespace cloudsync
