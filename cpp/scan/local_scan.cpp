#include "scan/local_scan.h"

#include <optional>
#include <string>
#include <utility>

#include "base/key_range.h"
#include "scan/local_lookup.h"

namespace cloudsync {

namespace {

constexpr std::size_t kBatchSize = 4096;

class PartialLocalScan final : public LocalStream {
 public:
  PartialLocalScan(Scheduler& scheduler, Folder& root, KeySet keys)
      : scheduler_(scheduler),
        root_(root),
        keys_(std::move(keys)),
        at_(keys_.parts().begin()),
        lookup_(root) {}

  Task<Result<LocalBatch>> next(CancelToken cancel) override {
    LocalBatch batch;
    while (batch.size() < kBatchSize) {
      if (cancel.cancelled()) co_return Error{ErrorKind::cancelled, "the scan was stopped", "", 0};
      if (walk_) {
        if (!batch.empty()) break;  // what the walk delivers is a batch of its own
        Task<Result<LocalBatch>> pulling = walk_->next(cancel);
        Result<LocalBatch> walked = co_await pulling;
        bool gone = !walked.ok() && walked.error().kind == ErrorKind::notFound;
        if (!walked.ok() && !gone) co_return walked.error();
        if (!gone && !walked->empty()) {
          last_ = walked->entries().back().key;
          co_return walked;
        }
        // It vanished under the walk: the next look tells what stands there.
        if (gone) addHole(batch, justBehind(last_), endOfSubtree(at_->first));
        walk_ = nullptr;
        ++at_;
        continue;
      }
      if (at_ == keys_.parts().end()) break;
      Status looked = lookAt(batch);
      if (!looked.ok()) co_return looked.error();
      if (!walk_) ++at_;
    }
    co_return batch;
  }

 private:
  // Adds the part's own entry, and begins its walk where there is one.
  Status lookAt(LocalBatch& batch) {
    const auto& [key, extent] = *at_;
    RelPath path = EntryKey{key}.path();
    if (faultOf(key) != NameFault::none) {
      batch.add(EntryKind::badName, key, {}, {});
      return Status();
    }
    Result<LocalLookup::Found> found = lookup_.find(path);
    if (!found.ok()) return found.error();
    switch (found->kind) {
      case LocalLookup::Found::Kind::absent:
        return Status();
      case LocalLookup::Found::Kind::unknown:
        addHole(batch, key, behind(key));
        return Status();
      case LocalLookup::Found::Kind::mountPoint:
        addMountPoint(batch, key, found->stat);
        return Status();
      case LocalLookup::Found::Kind::entry:
        addEntry(batch, key, extent, found->stat);
        return Status();
    }
    return Status();
  }

  void addEntry(LocalBatch& batch, const std::string& key, KeySet::Extent extent,
                const FileStat& stat) {
    const bool asksForDirectory = key.ends_with('/');
    switch (stat.type) {
      case FileType::file:
        if (!asksForDirectory) batch.add(EntryKind::file, key, {}, {}).facts.stat = stat;
        return;
      case FileType::directory:
        if (!asksForDirectory) return;
        batch.add(EntryKind::directory, key, {}, {}).facts.stat = stat;
        if (extent == KeySet::Extent::subtree) beginWalk(key);
        return;
      case FileType::symlink:
      case FileType::other:
        break;
    }
    // It hides whatever stood below its name before.
    if (asksForDirectory) {
      addHole(batch, key, endOfSubtree(key));
      return;
    }
    EntryKind kind = stat.type == FileType::symlink ? EntryKind::symlink : EntryKind::special;
    batch.add(kind, key, {}, {}).facts.stat = stat;
  }

  void addMountPoint(LocalBatch& batch, const std::string& key, const FileStat& stat) {
    const bool isDirectory = stat.type == FileType::directory;
    if (isDirectory != key.ends_with('/')) return;
    batch.add(EntryKind::special, key, {}, {}).facts.stat = stat;
    if (isDirectory) addHole(batch, key, endOfSubtree(key));
  }

  void beginWalk(const std::string& key) {
    WalkOptions options;
    options.below = EntryKey{key}.path();
    walk_ = walk(scheduler_, root_, std::move(options));
    last_ = key;
  }

  static std::string behind(const std::string& key) {
    return key.ends_with('/') ? endOfSubtree(key) : justBehind(key);
  }
  static void addHole(LocalBatch& batch, std::string_view from, std::string_view end) {
    Entry<LocalFacts>& hole = batch.add(EntryKind::unknown, from, {}, {});
    hole.unknownEnd = batch.keep(end);
  }

  Scheduler& scheduler_;
  Folder& root_;
  const KeySet keys_;
  KeySet::Parts::const_iterator at_;
  LocalLookup lookup_;
  std::unique_ptr<LocalStream> walk_;  // below the part at_
  std::string last_;                   // what it delivered last
};

}  // namespace

std::unique_ptr<LocalStream> scanLocal(Scheduler& scheduler, Folder& root, KeySet keys,
                                       std::shared_ptr<const WalkFilter> filter) {
  if (keys.isEverything()) {
    WalkOptions options;
    options.filter = std::move(filter);
    return walk(scheduler, root, std::move(options));
  }
  return std::make_unique<PartialLocalScan>(scheduler, root, std::move(keys));
}

}  // namespace cloudsync
