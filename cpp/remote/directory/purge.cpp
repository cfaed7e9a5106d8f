#include "remote/directory/purge.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "base/date.h"
#include "remote/directory/layout.h"

namespace cloudsync {

namespace {

constexpr ByteCount kLongestPosition = 64;
constexpr Nanoseconds kDay = Duration(std::chrono::days(1)).count();

// The directories in `path`, in order; none when it is missing.
Result<std::vector<std::string>> directoriesIn(Folder& root, const RelPath& path) {
  std::vector<std::string> names;
  Result<std::unique_ptr<Folder>> folder = root.openFolder(path);
  if (!folder) {
    if (folder.error().kind == ErrorKind::notFound) return names;
    return folder.error();
  }
  Result<std::vector<DirectoryEntry>> entries = (*folder)->list();
  if (!entries) return entries.error();
  for (DirectoryEntry& entry : *entries) {
    if (entry.type == FileType::directory) names.push_back(std::move(entry.name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool isDate(std::string_view name) {
  constexpr std::string_view kForm = "0000-00-00";
  if (name.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool digit = name[i] >= '0' && name[i] <= '9';
    if (kForm[i] == '-' ? name[i] != '-' : !digit) return false;
  }
  return true;
}

// Somebody else was quicker, or put something of his own there.
bool isHarmless(const Error& error) {
  return error.kind == ErrorKind::notFound || error.kind == ErrorKind::notEmpty ||
         error.kind == ErrorKind::isDirectory;
}

}  // namespace

Task<Status> DirectoryPurge::run() {
  Result<std::unique_ptr<Folder>> root = needs_.root.open();
  if (!root) co_return root.error();
  if (!takeUp(**root)) co_return Status();
  Status trash = purgeTrash(**root);
  if (!trash) co_return asRemoteError(trash.error());
  Task<Status> purging = purgeVersions(**root);
  Status versions = co_await purging;
  if (!versions) co_return asRemoteError(versions.error());
  leave(**root);
  co_return Status();
}

bool DirectoryPurge::spent() const {
  return cancel_.cancelled() || removed_ >= kMostRemoved || folders_ >= kMostFolders;
}

Status DirectoryPurge::purgeTrash(Folder& root) {
  Result<std::vector<std::string>> days = directoriesIn(root, layout::trash());
  if (!days) return days.error();
  const std::string today = formatDate(olderThan_);
  for (const std::string& day : *days) {
    if (spent()) return {};
    if (!isDate(day) || day >= today) continue;
    Status cleared = clearFolder(root, layout::trash().child(day));
    if (!cleared) return cleared;
  }
  return {};
}

// The day in the name is by the clock of the device that removed it, and may be wrong by years. The
// change time, which the move into the trash set, is by the disk's.
Status DirectoryPurge::clearFolder(Folder& root, const RelPath& path) {
  ++folders_;
  Result<std::unique_ptr<Folder>> folder = root.openFolder(path);
  if (!folder) return isHarmless(folder.error()) ? Status() : Status(folder.error());
  Result<std::vector<DirectoryEntry>> entries = (*folder)->list();
  if (!entries) return entries.error();
  for (const DirectoryEntry& entry : *entries) {
    if (spent()) return {};
    RelPath child = path.child(entry.name);
    if (entry.type == FileType::directory) {
      Status cleared = clearFolder(root, child);
      if (!cleared) return cleared;
      continue;
    }
    Result<FileStat> stat = root.stat(child);
    if (!stat || stat->changeTime >= olderThan_) continue;
    Status removed = removeFile(root, child);
    if (!removed) return removed;
  }
  Status gone = root.removeFolder(path);
  return gone || isHarmless(gone.error()) ? Status() : gone;
}

Status DirectoryPurge::removeFile(Folder& root, const RelPath& path) {
  ++removed_;
  Status removed = root.removeFile(path);
  return removed || isHarmless(removed.error()) ? Status() : removed;
}

Task<Status> DirectoryPurge::purgeVersions(Folder& root) {
  Result<std::vector<std::string>> groups = directoriesIn(root, layout::versions());
  if (!groups) co_return groups.error();
  for (const std::string& group : *groups) {
    if (spent()) co_return Status();
    if (group < position_.substr(0, position_.find('/'))) continue;
    Result<std::vector<RelPath>> emptied = purgeGroup(root, layout::versions().child(group));
    if (!emptied) co_return emptied.error();
    if (emptied->empty()) continue;
    // Under the lock: whoever adds a version must not find its folder gone a moment later.
    auto change = [&emptied](DirectoryChanges& changes) {
      return changes.removeVersionFolders(*emptied);
    };
    Task<Status> publishing = needs_.publisher.publish(change, cancel_);
    Status published = co_await publishing;
    if (!published) co_return published;
  }
  co_return Status();
}

Result<std::vector<RelPath>> DirectoryPurge::purgeGroup(Folder& root, const RelPath& group) {
  std::vector<RelPath> emptied;
  Result<std::vector<std::string>> hashes = directoriesIn(root, group);
  if (!hashes) return hashes.error();
  for (const std::string& hash : *hashes) {
    std::string here = std::string(group.name()) + "/" + hash;
    if (here < position_) continue;
    position_ = std::move(here);
    if (spent()) break;
    ++folders_;
    RelPath folder = group.child(hash);
    Result<std::vector<std::uint64_t>> ids = listVersionIds(root, folder);
    if (!ids) return ids.error();
    std::size_t kept = 0;
    for (std::uint64_t id : *ids) {
      bool old = id < static_cast<std::uint64_t>(std::max<Nanoseconds>(olderThan_, 0));
      if (!old || spent()) {
        ++kept;
        continue;
      }
      Status removed = removeFile(root, folder.child(std::to_string(id)));
      if (!removed) return removed.error();
    }
    if (kept == 0) emptied.push_back(std::move(folder));
  }
  return emptied;
}

// The stamp's time is by our own clock, not the disk's: it is compared with it. What cannot be read
// or written there only makes the next call look again.
bool DirectoryPurge::takeUp(Folder& root) {
  Result<std::unique_ptr<File>> stamp = root.open(layout::purgeStamp(), OpenMode::read);
  if (!stamp) return true;
  Result<FileStat> stat = (*stamp)->stat();
  if (!stat || stat->size > kLongestPosition) return true;
  std::string text(static_cast<std::size_t>(stat->size), '\0');
  Result<std::size_t> read =
      (*stamp)->readAt(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!read) return true;
  position_ = std::move(text);
  Nanoseconds ago = needs_.clock.wallTime() - stat->modifyTime;
  return !position_.empty() || ago >= kDay || ago <= -kDay;
}

void DirectoryPurge::leave(Folder& root) {
  if (!spent()) position_.clear();
  if (spent() && position_.empty()) position_ = "/";  // before every group
  Result<std::unique_ptr<File>> stamp = root.open(layout::purgeStamp(), OpenMode::openOrCreate);
  if (!stamp) return;
  const auto* text = reinterpret_cast<const std::uint8_t*>(position_.data());
  Status written = (*stamp)->truncate(0);
  if (written) written = (*stamp)->writeAt(0, {text, position_.size()});
  Nanoseconds now = needs_.clock.wallTime();
  if (written && position_.empty()) (void)(*stamp)->setTimes(now, now).ok();
}

}  // namespace cloudsync
