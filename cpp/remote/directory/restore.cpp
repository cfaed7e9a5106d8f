#include "remote/directory/restore.h"

#include <utility>

#include "base/key_range.h"
#include "fs/walk.h"
#include "remote/directory/copy.h"
#include "remote/directory/layout.h"

namespace cloudsync {

namespace {

constexpr std::size_t kObjectsPerPage = 1000;
constexpr std::string_view kTrash = "trash/";

// DATE/SERIES/ stand before the path that an object came from.
std::optional<std::string_view> originOf(std::string_view below) {
  std::size_t date = below.find('/');
  if (date == std::string_view::npos) return std::nullopt;
  std::size_t series = below.find('/', date + 1);
  if (series == std::string_view::npos || series + 1 == below.size()) return std::nullopt;
  return below.substr(series + 1);
}

}  // namespace

std::optional<RelPath> placeInTrash(std::string_view id) {
  if (!id.starts_with(kTrash)) return std::nullopt;
  std::string_view below = id.substr(kTrash.size());
  if (!originOf(below) || faultOf(below) != NameFault::none) return std::nullopt;
  return RelPath::trusted(layout::trash().text() + "/" + std::string(below));
}

Task<Result<TrashedPage>> listTrash(DirectoryRoot& root, Scheduler& scheduler, std::string after,
                                    CancelToken cancel) {
  Result<std::unique_ptr<Folder>> folder = root.open();
  if (!folder) co_return asRemoteError(folder.error());
  Result<std::unique_ptr<Folder>> trash = (*folder)->openFolder(layout::trash());
  if (!trash && trash.error().kind == ErrorKind::notFound) co_return TrashedPage();
  if (!trash) co_return asRemoteError(trash.error());
  WalkOptions options;
  options.batchSize = kObjectsPerPage;
  if (!after.empty()) options.range.from = justBehind(after);
  std::unique_ptr<LocalStream> entries = walk(scheduler, **trash, std::move(options));
  TrashedPage page;
  while (page.objects.size() < kObjectsPerPage) {
    Task<Result<LocalBatch>> pulling = entries->next(cancel);
    Result<LocalBatch> batch = co_await pulling;
    if (!batch) co_return asRemoteError(batch.error());
    if (batch->empty()) {
      page.next.clear();
      co_return page;
    }
    for (const Entry<LocalFacts>& entry : batch->entries()) {
      if (page.objects.size() == kObjectsPerPage) break;
      page.next = std::string(entry.key);
      std::optional<std::string_view> origin = originOf(entry.key);
      if (entry.kind != EntryKind::file || !origin) continue;
      const FileStat& stat = entry.facts.stat;
      page.objects.push_back({std::string(kTrash) + std::string(entry.key),
                              RelPath::trusted(std::string(*origin)), stat.size, stat.changeTime});
    }
  }
  co_return page;
}

Status OlderContentSource::readAt(ByteCount offset, std::span<std::uint8_t> into) {
  Result<std::size_t> got = file_->readAt(offset, into);
  if (!got) return got.error();
  if (*got == into.size()) return Status();
  return Error{ErrorKind::changed, "the older content is shorter than it was", "", 0};
}

}  // namespace cloudsync
