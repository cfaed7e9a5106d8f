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
constexpr std::size_t kBorders = 16;
constexpr int kDeepest = 4;             // levels that are looked for a fork
constexpr std::size_t kPagesAhead = 4;  // of one range, while an earlier one is read
constexpr std::string_view kLastCharacter = "\xf4\x8f\xbf\xbf";  // of Unicode

}  // namespace

std::vector<std::string> pickBorders(const std::vector<std::string>& directories,
                                     std::size_t most) {
  std::vector<std::string> picked;
  std::size_t count = std::min(most, directories.size());
  picked.reserve(count);
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

Task<Result<S3PageStream::Piece>> S3PageStream::next(CancelToken cancel) {
  while (!ranges_.empty()) {
    Range& range = ranges_.front();
    if (!range.pages.empty()) {
      Piece piece{std::move(range.pages.front()), std::nullopt};
      range.pages.pop_front();
      co_return piece;
    }
    if (range.broken) {
      Piece piece{{}, Hole{range.last.empty() ? range.from : range.last, range.until}};
      ranges_.pop_front();
      co_return piece;
    }
    if (range.ended) {
      ranges_.pop_front();
      continue;
    }
    Task<Status> fetching = fetchRound(cancel);
    Status fetched = co_await fetching;
    if (!fetched) co_return fetched.error();
  }
  co_return Piece();
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
  for (std::size_t i = 0; i < count; ++i) {
    if (outcomes[i]) continue;
    if (!leavesHole(ranges_[i], outcomes[i].error())) co_return outcomes[i];
    ranges_[i].ended = ranges_[i].broken = true;
  }
  if (divided_ || ranges_.front().ended) co_return Status();
  divided_ = true;
  Task<std::vector<std::string>> finding = findDirectories(std::move(cancel));
  std::vector<std::string> directories = co_await finding;
  divide(pickBorders(directories, kBorders));
  co_return Status();
}

Task<void> S3PageStream::fetchPage(Range& range, Status& outcome, CancelToken cancel) {
  Task<Result<S3Page>> listing =
      listPage(*client_, {prefix_, range.after, kPageSize, Depth::all}, std::move(cancel));
  Result<S3Page> page = co_await listing;
  if (page) {
    add(range, std::move(*page));
  } else {
    outcome = page.error();
  }
}

void S3PageStream::add(Range& range, S3Page page) {
  Page& objects = page.objects;
  range.ended = !page.truncated;
  if (!objects.empty()) range.after = objects.back().key;
  std::erase_if(objects, [&range](const S3Object& o) { return o.key < range.from; });
  if (!range.until.empty()) {
    auto beyond = std::find_if(objects.begin(), objects.end(),
                               [&range](const S3Object& o) { return o.key >= range.until; });
    if (beyond != objects.end()) range.ended = true;
    objects.erase(beyond, objects.end());
  }
  if (objects.empty()) return;
  range.last = objects.back().key;
  range.pages.push_back(std::move(objects));
}

// Does the trouble concern these keys only, as far as can be known? Where nothing at all was read,
// it is the whole list that cannot be had.
bool S3PageStream::leavesHole(const Range& range, const Error& error) const {
  bool isBeginning = &range == &ranges_.front() && range.from.empty() && range.last.empty();
  bool concernsRange = error.kind == ErrorKind::remoteFault || error.kind == ErrorKind::throttled ||
                       error.kind == ErrorKind::notFound || error.kind == ErrorKind::corrupt;
  return concernsRange && !isBeginning;
}

// The directories behind the first page: on the top level, or below the one that the page ended in.
// Dividing only saves time: a server that cannot tell is asked page after page.
Task<std::vector<std::string>> S3PageStream::findDirectories(CancelToken cancel) {
  const std::string after = ranges_.front().after;
  std::string level = prefix_;
  std::vector<std::string> found;
  for (int depth = 0; depth < kDeepest && found.empty(); ++depth) {
    Task<Result<S3Page>> listing =
        listPage(*client_, {level, after, kPageSize, Depth::oneLevel}, cancel);
    Result<S3Page> page = co_await listing;
    if (!page) break;
    for (std::string& directory : page->commonPrefixes) {
      bool fits = directory.starts_with(level) && directory > after &&
                  (found.empty() || directory > found.back());
      if (fits) found.push_back(std::move(directory));
    }
    std::size_t slash = after.find('/', level.size());
    if (slash == std::string::npos) break;
    level = after.substr(0, slash + 1);
  }
  co_return found;
}

void S3PageStream::divide(std::vector<std::string> borders) {
  for (std::string& border : borders) {
    ranges_.back().until = border;
    Range range;
    // Pages begin behind a key, ranges at one: '.' is the byte before '/', and what may stand
    // between the two is dropped.
    range.after = border.substr(0, border.size() - 1) + "." + std::string(kLastCharacter);
    range.from = std::move(border);
    ranges_.push_back(std::move(range));
  }
}

}  // namespace cloudsync
