#include "remote/s3/versions.h"

#include <utility>

#include "remote/s3/answers.h"
#include "remote/s3/metadata.h"

namespace cloudsync {

namespace {

constexpr int kDigitBits = 63;
constexpr std::size_t kMostPages = 1000;  // of one key: a server that never comes to an end

std::string digitsOf(std::string_view versionId) {
  Sha256 hash =
      sha256Of({reinterpret_cast<const std::uint8_t*>(versionId.data()), versionId.size()});
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | hash.bytes[static_cast<std::size_t>(i)];
  return std::to_string(number >> (64 - kDigitBits));
}

// What the listing does not tell: the hash and the time that we noted.
Task<Result<VersionInfo>> describe(S3Client& client, S3Version version, CancelToken cancel) {
  S3Request request;
  request.method = "HEAD";
  request.subject = version.key;
  request.key = version.key;
  request.query = {{"versionId", version.versionId}};
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  Result<ObjectInfo> info = objectInfoOf(*answer, version.key);
  if (!info) co_return info.error();
  co_return VersionInfo{digitsOf(version.versionId), info->size, info->modifyTime, info->sha256};
}

bool isOlderContent(const S3Version& version, const std::string& key) {
  return version.key == key && !version.latest && !version.deleteMarker;
}

}  // namespace

Task<Result<std::vector<VersionInfo>>> listVersions(S3Client& client, std::string key,
                                                    CancelToken cancel) {
  std::vector<VersionInfo> found;
  std::string keyMarker;
  std::string idMarker;
  std::size_t pages = 0;
  while (true) {
    S3Request request;
    request.subject = key;
    request.query = {{"versions", ""}, {"encoding-type", "url"}, {"prefix", key}};
    if (!keyMarker.empty()) request.query.emplace_back("key-marker", keyMarker);
    if (!idMarker.empty()) request.query.emplace_back("version-id-marker", idMarker);
    Task<Result<HttpResponse>> sending = client.send(std::move(request), cancel);
    Result<HttpResponse> answer = co_await sending;
    if (!answer) co_return answer.error();
    Result<S3VersionsPage> page = parseVersionsPage(answer->body);
    if (!page) co_return page.error();
    for (const S3Version& version : page->versions) {
      if (!isOlderContent(version, key)) continue;
      Task<Result<VersionInfo>> describing = describe(client, version, cancel);
      Result<VersionInfo> info = co_await describing;
      // Expired by a rule of the bucket in between: not there any more.
      if (!info && info.error().kind == ErrorKind::notFound) continue;
      if (!info) co_return info.error();
      found.push_back(std::move(*info));
    }
    // Other keys that begin with this one follow it: they are not asked for.
    bool passed = !page->versions.empty() && page->versions.back().key != key;
    if (!page->truncated || passed) co_return found;
    bool moves = ++pages < kMostPages &&
                 (page->nextKeyMarker != keyMarker || page->nextVersionIdMarker != idMarker);
    if (!moves) {
      co_return Error{ErrorKind::remoteFault, "the S3 server's list of versions has no end", key,
                      0};
    }
    keyMarker = std::move(page->nextKeyMarker);
    idMarker = std::move(page->nextVersionIdMarker);
  }
}

}  // namespace cloudsync
