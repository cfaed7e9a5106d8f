#include "remote/s3/versions.h"

#include <utility>

#include "remote/s3/answers.h"
#include "remote/s3/metadata.h"

namespace cloudsync {

namespace {

constexpr int kDigitBits = 63;
constexpr std::size_t kMostPages = 1000;  // of one key: a server that never comes to an end

bool isOlderContent(const S3Version& version, const std::string& key) {
  return version.key == key && !version.latest && !version.deleteMarker;
}

// The older contents of one key as the listing has them, newest first.
Task<Result<std::vector<S3Version>>> olderContents(S3Client& client, std::string key,
                                                   CancelToken cancel) {
  std::vector<S3Version> found;
  VersionsFrom from{key, "", ""};
  for (std::size_t pages = 1;; ++pages) {
    Task<Result<S3VersionsPage>> listing = versionsPage(client, from, cancel);
    Result<S3VersionsPage> page = co_await listing;
    if (!page) co_return page.error();
    // Other keys that begin with this one follow it: they are not asked for.
    bool passed = !page->versions.empty() && page->versions.back().key != key;
    for (S3Version& version : page->versions) {
      if (isOlderContent(version, key)) found.push_back(std::move(version));
    }
    if (!page->truncated || passed) co_return found;
    bool moves = pages < kMostPages && (page->nextKeyMarker != from.keyMarker ||
                                        page->nextVersionIdMarker != from.idMarker);
    if (!moves) {
      co_return Error{ErrorKind::remoteFault, "the S3 server's list of versions has no end", key,
                      0};
    }
    from.keyMarker = std::move(page->nextKeyMarker);
    from.idMarker = std::move(page->nextVersionIdMarker);
  }
}

}  // namespace

std::string digitsOf(std::string_view versionId) {
  Sha256 hash =
      sha256Of({reinterpret_cast<const std::uint8_t*>(versionId.data()), versionId.size()});
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | hash.bytes[static_cast<std::size_t>(i)];
  return std::to_string(number >> (64 - kDigitBits));
}

Task<Result<S3VersionsPage>> versionsPage(S3Client& client, VersionsFrom from, CancelToken cancel) {
  S3Request request;
  request.subject = from.prefix;
  request.query = {{"versions", ""}, {"encoding-type", "url"}, {"prefix", from.prefix}};
  if (!from.keyMarker.empty()) request.query.emplace_back("key-marker", from.keyMarker);
  if (!from.idMarker.empty()) request.query.emplace_back("version-id-marker", from.idMarker);
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  co_return parseVersionsPage(answer->body);
}

// What the listing does not tell: the hash and the time that we noted.
Task<Result<ObjectInfo>> lookAtVersion(S3Client& client, S3Version version, CancelToken cancel) {
  S3Request request;
  request.method = "HEAD";
  request.subject = version.key;
  request.key = version.key;
  request.query = {{"versionId", version.versionId}};
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (!answer) co_return answer.error();
  co_return objectInfoOf(*answer, version.key);
}

Task<Result<S3Version>> findVersion(S3Client& client, std::string key, std::string id,
                                    CancelToken cancel) {
  Task<Result<std::vector<S3Version>>> listing = olderContents(client, key, std::move(cancel));
  Result<std::vector<S3Version>> versions = co_await listing;
  if (!versions) co_return versions.error();
  for (S3Version& version : *versions) {
    if (digitsOf(version.versionId) == id) co_return std::move(version);
  }
  co_return Error{ErrorKind::notFound, "there is no older content of this id", key, 0};
}

Task<Result<std::vector<VersionInfo>>> listVersions(S3Client& client, std::string key,
                                                    CancelToken cancel) {
  Task<Result<std::vector<S3Version>>> listing = olderContents(client, key, cancel);
  Result<std::vector<S3Version>> versions = co_await listing;
  if (!versions) co_return versions.error();
  std::vector<VersionInfo> found;
  for (const S3Version& version : *versions) {
    Task<Result<ObjectInfo>> looking = lookAtVersion(client, version, cancel);
    Result<ObjectInfo> info = co_await looking;
    // Expired by a rule of the bucket in between: not there any more.
    if (!info && info.error().kind == ErrorKind::notFound) continue;
    if (!info) co_return info.error();
    found.push_back({digitsOf(version.versionId), info->size, info->modifyTime, info->sha256});
  }
  co_return found;
}

}  // namespace cloudsync
