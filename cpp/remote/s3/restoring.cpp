#include "remote/s3/restoring.h"

#include <optional>
#include <string_view>
#include <utility>

#include "remote/s3/copy.h"
#include "remote/s3/list_pages.h"
#include "remote/s3/trash.h"
#include "remote/s3/versions.h"

namespace cloudsync {

namespace {

constexpr std::size_t kObjectsPerPage = 1000;
constexpr std::string_view kTrash = "trash/";
// Which of both lists a page's `next` goes on with; the rest of it is the key behind which.
constexpr char kGoesOnInTrash = 't';
constexpr char kGoesOnBehindMarkers = 'm';

// DATE/TOKEN/ stand before the path that an object came from.
std::optional<std::string_view> originOf(std::string_view below) {
  std::size_t date = below.find('/');
  if (date == std::string_view::npos) return std::nullopt;
  std::size_t token = below.find('/', date + 1);
  if (token == std::string_view::npos || token + 1 == below.size()) return std::nullopt;
  return below.substr(token + 1);
}

// Our own names are none.
bool isPath(std::string_view text) { return faultOf(text) == NameFault::none; }

// Where the page's last key begins: a truncated page may show a part of that key's versions only.
std::size_t endOfWholeKeys(const S3VersionsPage& page) {
  std::size_t end = page.versions.size();
  if (!page.truncated || end == 0) return end;
  const std::string& last = page.versions.back().key;
  while (end > 0 && page.versions[end - 1].key == last) --end;
  return end == 0 ? page.versions.size() : end;
}

}  // namespace

Task<Result<TrashedPage>> S3Restoring::trashed(Bucket bucket, std::string after,
                                               CancelToken cancel) {
  bool behind = !after.empty() && after.front() == kGoesOnBehindMarkers;
  std::string from = after.empty() ? after : after.substr(1);
  if (behind) {
    Task<Result<TrashedPage>> listing = behindMarkers(std::move(from), std::move(cancel));
    co_return co_await listing;
  }
  Task<Result<TrashedPage>> listing = inTrash(std::move(from), std::move(cancel));
  Result<TrashedPage> page = co_await listing;
  if (page && page->next.empty() && bucket == Bucket::versioned) page->next = kGoesOnBehindMarkers;
  co_return page;
}

Task<Result<TrashedPage>> S3Restoring::inTrash(std::string after, CancelToken cancel) {
  const std::string trash = trashPrefix(objects_.keyOf(RelPath()));
  PageRequest request{trash, after, kObjectsPerPage, Depth::all};
  Task<Result<S3Page>> listing = listPage(client_, std::move(request), std::move(cancel));
  Result<S3Page> listed = co_await listing;
  if (!listed) co_return listed.error();
  TrashedPage page;
  for (const S3Object& object : listed->objects) {
    std::string_view below = std::string_view(object.key).substr(trash.size());
    std::optional<std::string_view> origin = originOf(below);
    if (!origin || !isPath(*origin)) continue;
    page.objects.push_back({std::string(kTrash) + std::string(below),
                            RelPath::trusted(std::string(*origin)), object.size,
                            object.modifyTime});
  }
  if (listed->truncated && !listed->objects.empty()) {
    page.next = kGoesOnInTrash + listed->objects.back().key;
  }
  co_return page;
}

Task<Result<TrashedPage>> S3Restoring::behindMarkers(std::string after, CancelToken cancel) {
  const std::string prefix = objects_.keyOf(RelPath());
  VersionsFrom from{prefix, after, ""};
  Task<Result<S3VersionsPage>> listing = versionsPage(client_, from, std::move(cancel));
  Result<S3VersionsPage> listed = co_await listing;
  if (!listed) co_return listed.error();
  const std::size_t end = endOfWholeKeys(*listed);
  TrashedPage page;
  const S3Version* marker = nullptr;  // of a key that is removed, until its newest content is met
  for (std::size_t i = 0; i < end; ++i) {
    const S3Version& version = listed->versions[i];
    if (version.latest) marker = version.deleteMarker ? &version : nullptr;
    bool isContent = marker && !version.deleteMarker && version.key == marker->key;
    if (!isContent) continue;
    std::string_view path = std::string_view(version.key).substr(prefix.size());
    if (isPath(path)) {
      page.objects.push_back({digitsOf(version.versionId), RelPath::trusted(std::string(path)),
                              version.size, marker->modifyTime});
    }
    marker = nullptr;
  }
  if (listed->truncated && end > 0) {
    page.next = kGoesOnBehindMarkers + listed->versions[end - 1].key;
  }
  co_return page;
}

Task<Result<ObjectInfo>> S3Restoring::restore(RelPath path, std::string id,
                                              Precondition precondition, CancelToken cancel) {
  bool inTrash =
      id.starts_with(kTrash) && isPath(id) && originOf(std::string_view(id).substr(kTrash.size()));
  if (inTrash) {
    RelPath place = RelPath::trusted(std::string(kReservedName) + "/" + id);
    Task<Result<ObjectInfo>> restoring =
        fromTrash(std::move(path), std::move(place), std::move(cancel));
    co_return co_await restoring;
  }
  Task<Result<ObjectInfo>> restoring =
      fromVersion(std::move(path), std::move(id), std::move(precondition), std::move(cancel));
  co_return co_await restoring;
}

Task<Result<ObjectInfo>> S3Restoring::fromTrash(RelPath path, RelPath place, CancelToken cancel) {
  Task<Result<ObjectInfo>> looking = objects_.stat(place, cancel);
  Result<ObjectInfo> info = co_await looking;
  if (!info) co_return info.error();
  MoveRequest request{info->version, info->sha256};
  Task<Result<ObjectInfo>> moving =
      moves_.move(std::move(place), std::move(path), std::move(request), std::move(cancel));
  co_return co_await moving;
}

Task<Result<ObjectInfo>> S3Restoring::fromVersion(RelPath path, std::string id,
                                                  Precondition precondition, CancelToken cancel) {
  const std::string key = objects_.keyOf(path);
  Task<Result<S3Version>> finding = findVersion(client_, key, std::move(id), cancel);
  Result<S3Version> version = co_await finding;
  if (!version) co_return version.error();
  Task<Result<ObjectInfo>> describing = lookAtVersion(client_, *version, cancel);
  Result<ObjectInfo> info = co_await describing;
  if (!info) co_return info.error();
  // Copies know no condition; the content that is replaced becomes a version all the same.
  Task<Status> checking = objects_.mustHold(path, std::move(precondition), cancel);
  Status holds = co_await checking;
  if (!holds) co_return holds.error();
  CopySource source(key, version->versionId);
  Task<Status> copying = copyObject(client_, std::move(source), key, *info, cancel);
  Status copied = co_await copying;
  if (!copied) co_return copied.error();
  Task<Result<ObjectInfo>> looking = objects_.head(std::move(path), std::move(cancel));
  co_return co_await looking;
}

}  // namespace cloudsync
