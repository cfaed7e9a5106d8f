#include "remote/s3/key_ranges.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/task_group.h"
#include "remote/s3/list_pages.h"

namespace cloudsync {

namespace {

constexpr std::size_t kPageSize = 1000;
constexpr std::size_t kRangesAtOnce = 8;
constexpr std::size_t kBorders = 64;
constexpr std::size_t kPagesAhead = 4;  // of one range, while an earlier one is read
constexpr std::string_view kLastCharacter = "\xf4\x8f\xbf\xbf";  // of Unicode

}  // namespace

std::vector<std::string> pickBorders(const std::vector<std::string>& directories,
                                     std::size_t most) {
  std::vector<std::string> picked;
  std::size_t count = std::min(most, directories.size());
  for (std::size_t i = 0; i < count; ++i) {
    picked.push_back(directories[i * directories.size() / count]);
  }
  return picked;
}

S3PageStream::S3PageStream(S3Client& client, std::string prefix)
    : client_(&client), prefix_(std::move(prefix)) {
  ranges_.push_back({});
}

void S3PageStream::passOver(const std::string& key) {
  for (Range& range : ranges_) {
    if (range.after < key) range.after = key;
  }
}

Task<Result<S3PageStream::Page>> S3PageStream::next(CancelToken cancel) {
  while (!ranges_.empty()) {
    Range& range = ranges_.front();
    if (!range.pages.empty()) {
      Page page = std::move(range.pages.front());
      range.pages.pop_front();
      co_return page;
    }
    if (range.ended) {
      ranges_.pop_front();
      continue;
    }
    Task<Status> fetching = fetchRound(cancel);
    Status fetched = co_await fetching;
    if (!fetched) co_return fetched.error();
  }
  co_return Page();
}

Task<Status> S3PageStream::fetchRound(CancelToken cancel) {
  const std::size_t count = std::min(ranges_.size(), kRangesAtOnce);
  std::vector<Status> outcomes(count);
  {
    TaskGroup group(client_->scheduler());
    for (std::size_t i = 0; i < count; ++i) {
      Range& range = ranges_[i];
      if (range.ended || range.pages.size() >= kPagesAhead) continue;
      group.add(fetchPage(range, outcomes[i], cancel));
    }
    co_await group.join();
  }
  for (const Status& outcome : outcomes) {
    if (!outcome) co_return outcome;
  }
  if (divided_ || ranges_.front().ended) co_return Status();
  divided_ = true;
  Task<Status> dividing = divide(std::move(cancel));
  co_return co_await dividing;
}

Task<void> S3PageStream::fetchPage(Range& range, Status& outcome, CancelToken cancel) {
  Task<Result<S3Page>> listing =
      listPage(*client_, {prefix_, range.after, kPageSize, Depth::all}, std::move(cancel));
  Result<S3Page> page = co_await listing;
  if (!page) {
    outcome = page.error();
    co_return;
  }
  Page& objects = page->objects;
  range.ended = !page->truncated;
  if (!objects.empty()) range.after = objects.back().key;
  std::erase_if(objects, [&range](const S3Object& o) { return o.key < range.from; });
  if (!range.until.empty()) {
    auto beyond = std::find_if(objects.begin(), objects.end(),
                               [&range](const S3Object& o) { return o.key >= range.until; });
    if (beyond != objects.end()) range.ended = true;
    objects.erase(beyond, objects.end());
  }
  if (!objects.empty()) range.pages.push_back(std::move(objects));
}

Task<Status> S3PageStream::divide(CancelToken cancel) {
  Task<Result<S3Page>> listing = listPage(
      *client_, {prefix_, ranges_.front().after, kPageSize, Depth::oneLevel}, std::move(cancel));
  Result<S3Page> level = co_await listing;
  if (!level) co_return level.error();
  std::vector<std::string> directories;
  for (std::string& directory : level->commonPrefixes) {
    if (directory > ranges_.front().after) directories.push_back(std::move(directory));
  }
  for (std::string& border : pickBorders(directories, kBorders)) {
    ranges_.back().until = border;
    Range range;
    // Pages begin behind a key, ranges at one: '.' is the byte before '/', and what may stand
    // between the two is dropped.
    range.after = border.substr(0, border.size() - 1) + "." + std::string(kLastCharacter);
    range.from = std::move(border);
    ranges_.push_back(std::move(range));
  }
  co_return Status();
}

}  // namespace cloudsync
