#include "remote/directory/listing.h"

#include <utility>

#include "fs/walk.h"
#include "remote/directory/layout.h"
#include "remote/directory/object_state.h"

namespace cloudsync {

namespace {

class DirectoryListing final : public RemoteStream {
 public:
  DirectoryListing(DirectoryRoot& root, Scheduler& scheduler, RelPath prefix)
      : root_(root), scheduler_(scheduler), prefix_(std::move(prefix)) {}

  Task<Result<RemoteBatch>> next(CancelToken cancel) override {
    if (!entries_ && !ended_) {
      Status begun = begin();
      if (!begun) co_return begun.error();
    }
    if (ended_) co_return RemoteBatch();
    Task<Result<LocalBatch>> pulling = entries_->next(cancel);
    Result<LocalBatch> local = co_await pulling;
    if (!local) co_return asRemoteError(local.error());
    if (local->empty()) {
      // A disk that was unmounted under our feet must not read as the end of the list.
      Status stillThere = root_.confirm(*folder_);
      if (!stillThere) co_return stillThere.error();
      ended_ = true;
      co_return RemoteBatch();
    }
    co_return translate(std::move(*local));
  }

 private:
  Status begin() {
    Result<std::unique_ptr<Folder>> folder = root_.open();
    if (!folder) return folder.error();
    folder_ = std::move(*folder);
    if (layout::isOurs(prefix_)) {
      ended_ = true;
      return {};
    }
    if (!prefix_.isRoot()) {
      Result<FileStat> stat = folder_->stat(prefix_);
      bool nothingThere = stat ? stat->type != FileType::directory
                               : stat.error().kind == ErrorKind::notFound ||
                                     stat.error().kind == ErrorKind::notDirectory;
      if (!stat && !nothingThere) return asRemoteError(stat.error());
      if (nothingThere) {
        ended_ = true;
        return root_.confirm(*folder_);
      }
    }
    WalkOptions options;
    options.below = prefix_;
    entries_ = walk(scheduler_, *folder_, std::move(options));
    return {};
  }

  // Keys stay where they are.
  static RemoteBatch translate(LocalBatch local) {
    RemoteBatch batch;
    batch.takeText(local);
    batch.reserve(local.size());
    VersionText text;
    for (const Entry<LocalFacts>& entry : local.entries()) {
      Entry<RemoteFacts>& out = batch.addKept(entry.kind, entry.key);
      out.unknownEnd = entry.unknownEnd;
      if (entry.kind != EntryKind::file) continue;
      const FileStat& stat = entry.facts.stat;
      out.facts.size = stat.size;
      out.facts.modifyTime = stat.modifyTime;
      out.facts.version = batch.keep(formatVersion(stat, text));
    }
    return batch;
  }

  DirectoryRoot& root_;
  Scheduler& scheduler_;
  const RelPath prefix_;
  std::unique_ptr<Folder> folder_;  // outlives the walk over it
  std::unique_ptr<LocalStream> entries_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<RemoteStream> listDirectory(DirectoryRoot& root, Scheduler& scheduler,
                                            RelPath prefix) {
  return std::make_unique<DirectoryListing>(root, scheduler, std::move(prefix));
}

}  // namespace cloudsync
