#include "remote/s3/entries.h"

#include <algorithm>

namespace cloudsync {

namespace {

// The last directory of `key` whose name can be carried, with its slash.
std::string_view carriedParent(std::string_view key) {
  std::string_view parent;
  for (std::size_t slash = key.find('/'); slash != std::string_view::npos;
       slash = key.find('/', slash + 1)) {
    std::string_view next = key.substr(0, slash + 1);
    if (faultOf(next) != NameFault::none) break;
    parent = next;
  }
  return parent;
}

}  // namespace

bool S3Entries::addParents(std::string_view key, RemoteBatch& batch) {
  if (!outOfSight_.empty()) {
    if (key.starts_with(outOfSight_)) return false;
    outOfSight_.clear();
  }
  while (!files_.empty() && !key.starts_with(files_.back())) files_.pop_back();
  std::string_view parent = carriedParent(key);
  for (std::size_t slash = parent.find('/'); slash != std::string_view::npos;
       slash = parent.find('/', slash + 1)) {
    std::string_view directory = parent.substr(0, slash + 1);
    if (directory_.starts_with(directory)) continue;
    std::string_view name = directory.substr(0, slash);
    bool taken = std::find(files_.begin(), files_.end(), name) != files_.end();
    batch.add(taken ? EntryKind::badName : EntryKind::directory, directory, {}, {});
    directory_ = directory;
    if (taken) {
      outOfSight_ = directory;
      return false;
    }
  }
  return true;
}

void S3Entries::add(const S3Object& object, RemoteBatch& batch) {
  std::string_view key = std::string_view(object.key).substr(prefix_.size());
  if (key.empty()) return;  // the marker of the prefix itself
  NameFault fault = faultOf(key);
  if (fault == NameFault::reserved) return;
  if (!addParents(key, batch)) return;
  if (fault != NameFault::none) {
    batch.add(EntryKind::badName, key, {}, {});
    return;
  }
  if (key.ends_with('/')) return;  // a marker: its directory was added among the parents
  Entry<RemoteFacts>& entry = batch.add(EntryKind::file, key, {}, {});
  entry.facts.size = object.size;
  entry.facts.version = batch.keep(object.etag);
  entry.facts.modifyTime = object.modifyTime;
  files_.emplace_back(key);
}

// The hole begins with the least key there can be behind `after`. What is above it comes first:
// `after` is a key that was listed, or a directory that is there.
void S3Entries::addHole(const std::string& after, const std::string& until, RemoteBatch& batch) {
  std::string begin = after.substr(std::min(after.size(), prefix_.size()));
  begin += '\0';
  (void)addParents(begin, batch);
  std::string_view end = until;
  if (!end.empty()) end.remove_prefix(prefix_.size());
  Entry<RemoteFacts>& entry = batch.add(EntryKind::unknown, begin, {}, {});
  entry.unknownEnd = batch.keep(end);
}

}  // namespace cloudsync
