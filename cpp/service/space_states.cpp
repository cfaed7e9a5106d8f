#include <utility>

#include "service/file_uri.h"
#include "service/space.h"
#include "service/space_engine.h"

// What a space answers about its files: the row and one look at the disk, never a stored flag that
// could have gone stale.

namespace cloudsync {

namespace {

Error notHere(const RelPath& path) {
  return Error{ErrorKind::notFound, "neither this device nor the cloud has a file of this name",
               path.text(), 0};
}

}  // namespace

Result<FileSyncState> Space::fileState(const RelPath& path) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) return opened.error();
  Engine& engine = **opened;
  Result<std::optional<BaseRow>> found = findRow(path.text());
  if (!found.ok()) return found.error();
  Result<FileStat> stat = engine.root->stat(path);
  if (!stat.ok() && stat.error().kind != ErrorKind::notFound &&
      stat.error().kind != ErrorKind::notDirectory) {
    return stat.error();
  }
  if (stat.ok() && stat->type == FileType::directory) {
    Result<std::optional<BaseRow>> directory = findRow(path.text() + "/");
    if (!directory.ok()) return directory.error();
    return *directory ? FileSyncState::completed : FileSyncState::toBeUploaded;
  }
  bool known = found->has_value();
  if (!known || (*found)->facts.standing == Standing::local) {
    if (!stat.ok()) return notHere(path);
    if (uploads_.holds(path.text())) return FileSyncState::uploading;
    bool failed = known && (*found)->facts.mark == Mark::uploadFailed;
    return failed ? FileSyncState::uploadFailure : FileSyncState::toBeUploaded;
  }
  if ((*found)->facts.standing == Standing::ignored) {
    return Error{ErrorKind::notFound,
                 "it is out of the space's scope: the cloud knows nothing of it", path.text(), 0};
  }
  bool deleted = (*found)->facts.local && !stat.ok();
  if (deleted && !engine.downloads->isRunning(path.text())) return notHere(path);
  return stateOf(engine, **found, stat);
}

FileSyncState Space::stateOf(Engine& engine, const BaseRow& row, const Result<FileStat>& stat) {
  if (row.isDirectory()) return FileSyncState::completed;
  if (uploads_.holds(row.key)) return FileSyncState::uploading;
  if (engine.downloads->isRunning(row.key)) return FileSyncState::downloading;
  if (!stat.ok()) {
    return row.facts.mark == Mark::stopped ? FileSyncState::stopped : FileSyncState::completed;
  }
  bool agreed = row.facts.local && Fingerprint::of(*stat) == row.facts.fingerprint;
  if (!agreed) {
    return row.facts.mark == Mark::uploadFailed ? FileSyncState::uploadFailure
                                                : FileSyncState::toBeUploaded;
  }
  return row.facts.origin == Origin::uploaded ? FileSyncState::uploadSuccess
                                              : FileSyncState::completed;
}

Result<EntryPage> Space::list(const std::string& prefix, const std::string& after,
                              std::size_t limit) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) return opened.error();
  Result<std::unique_ptr<StateReader>> reader = needs_.store.openReader();
  if (!reader.ok()) return reader.error();
  // Everything that begins with `prefix` lies between it and the first key that cannot.
  std::string end = prefix;
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);

  EntryPage page;
  std::string from = after;
  // A key equal to the prefix belongs to the answer, and pages begin behind `after`.
  if (from.empty() && !prefix.empty()) {
    from = prefix;
    from.back() = static_cast<char>(static_cast<unsigned char>(from.back()) - 1);
    from += "\xff\xff\xff\xff";
  }
  Result<BaseBatch> rows = (*reader)->page(id_, from, end, limit);
  if (!rows.ok()) return rows.error();
  for (const Entry<BaseFacts>& entry : rows->entries()) {
    page.next = std::string(entry.key);
    if (!entry.key.starts_with(prefix) || entry.facts.standing == Standing::ignored) continue;
    BaseRow row{std::string(entry.key), std::string(entry.facts.remoteVersion), entry.facts};
    page.entries.push_back(describe(**opened, std::move(row)));
  }
  if (rows->size() < limit) page.next.clear();
  return page;
}

EntryInfo Space::describe(Engine& engine, BaseRow row) {
  RelPath path = EntryKey{row.key}.path();
  Result<FileStat> stat = engine.root->stat(path);
  EntryInfo info;
  info.path = path.text();
  info.uri = uriOf(uriPrefix_, path.text());
  info.directory = row.isDirectory();
  // Something of the other kind at its name is not it.
  bool here = stat.ok() && (stat->type == FileType::directory) == info.directory;
  bool there = row.facts.standing == Standing::synced;
  info.location = here && there ? EntryInfo::Location::both
                  : here        ? EntryInfo::Location::local
                                : EntryInfo::Location::cloud;
  info.state = stateOf(engine, row, stat);
  info.size = here && !info.directory ? stat->size : row.facts.size;
  info.modifyTime = here ? stat->modifyTime : row.facts.remoteModifyTime;
  if (row.facts.sha256) info.sha256 = row.facts.sha256->hex();
  info.version = row.remoteVersion;
  return info;
}

}  // namespace cloudsync
