#include "remote/s3/trash.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/date.h"
#include "base/rel_path.h"
#include "base/task_group.h"
#include "remote/s3/list_pages.h"
#include "remote/s3/removal.h"

namespace cloudsync {

namespace {

constexpr std::size_t kMostAtOnce = 16;
constexpr std::size_t kMostPerCall = 512;
// Whoever probes takes seconds; what is older was left by a process that did not live so long.
constexpr Nanoseconds kLongestProbe = 24LL * 3600 * 1'000'000'000;

Task<void> deleteInto(S3Client& client, std::string key, Status& outcome, CancelToken cancel) {
  Task<Status> deleting = deleteKey(client, std::move(key), nullptr, std::move(cancel));
  outcome = co_await deleting;
}

Task<Status> deleteAll(S3Client& client, std::vector<std::string> keys, CancelToken cancel) {
  std::vector<Status> outcomes(keys.size());
  TaskGroup group(client.scheduler());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    group.add(deleteInto(client, std::move(keys[i]), outcomes[i], cancel));
  }
  co_await group.join();
  for (const Status& outcome : outcomes) {
    if (!outcome) co_return outcome;
  }
  co_return Status();
}

}  // namespace

std::string trashPrefix(const std::string& prefix) {
  return prefix + std::string(kReservedName) + "/trash/";
}

Task<Status> purgeOwn(S3Client& client, std::string prefix, Nanoseconds olderThan,
                      CancelToken cancel) {
  const std::string own = prefix + std::string(kReservedName) + "/";
  const std::string firstKept = trashPrefix(prefix) + formatDate(olderThan);
  const Nanoseconds justNow = client.serverTime() - kLongestProbe;
  Task<Result<S3Page>> listing = listPage(client, {own, "", kMostPerCall, Depth::all}, cancel);
  Result<S3Page> page = co_await listing;
  if (!page) co_return page.error();
  std::vector<std::string> some;
  for (S3Object& object : page->objects) {
    bool last = &object == &page->objects.back();
    bool probe = object.key.starts_with(own + "probe/") && object.modifyTime < justNow;
    bool trash = object.key.starts_with(trashPrefix(prefix)) && object.key < firstKept;
    if (probe || trash) some.push_back(std::move(object.key));
    if (some.empty() || (!last && some.size() < kMostAtOnce)) continue;
    Task<Status> deleting = deleteAll(client, std::exchange(some, {}), cancel);
    Status deleted = co_await deleting;
    if (!deleted) co_return deleted;
  }
  co_return Status();
}

}  // namespace cloudsync
