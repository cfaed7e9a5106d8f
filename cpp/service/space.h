#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/activity.h"
#include "base/cancel.h"
#include "events/hub.h"
#include "remote/remote.h"
#include "service/config.h"
#include "service/open_listing.h"
#include "service/world.h"
#include "store/state_store.h"
#include "sync/sync_control.h"

namespace cloudsync {

// One space of a device: its root, its remote and the engine between them. The root is opened when
// it is first needed, and again as long as that fails: a disk that comes back is used at once.
// Owned by the device; any thread.
class Space final : public RunReporter {
 public:
  struct Needs {
    World world;
    StateStore& store;
    AsyncSemaphore& streams;
    Hub& hub;
    Activity& activity;
    std::string deviceName;
    std::size_t transfers = 32;
  };

  Space(SpaceConfig config, SpaceRow row, std::unique_ptr<Remote> remote, Needs needs);
  ~Space() override;

  const SpaceConfig& config() const { return config_; }
  const std::string& uriPrefix() const { return uriPrefix_; }
  SpaceId id() const { return id_; }
  SpaceMemory& memory() { return memory_; }
  // The machine went down: what was looked at last is to be looked at again.
  Status doubtRecent();

  // GallerySync, FileSync.
  Task<Status> checkReady();  // the remote can be reached and used, the root is there
  Task<Status> startSync();
  Task<Status> stopSync();
  SyncEvent syncState();
  Task<Result<PlanInfo>> plan();

  // Download, CloudFileCache. Admission, then the task; `watcher` is told from then on.
  struct Admission {
    bool alreadyLocal = false;
    ByteCount size = 0;
    std::optional<DownloadQueue::Order> order;  // unless already local
  };
  Task<Result<Admission>> admitDownload(RelPath path);
  Task<Result<std::shared_ptr<DownloadTask>>> startDownload(
      DownloadQueue::Order order, std::shared_ptr<DownloadWatcher> watcher);
  enum class Partial { keep, remove };
  Task<Status> stopDownload(RelPath path, Partial partial);
  Task<Status> freeFile(RelPath path);

  // States and listings. `limit` 0: whoever listed up to `after` wants no more.
  Result<FileSyncState> fileState(const RelPath& path);
  Task<Result<EntryPage>> list(std::string prefix, std::string after, std::size_t limit);

  void cancelAll();

  void progressed(const RunProgress& progress) override;
  void noticed(Notice notice) override;

 private:
  struct Engine;

  Result<Engine*> engine();
  Result<std::unique_ptr<Engine>> build();
  Status checkMarker(Folder& root);
  Result<bool> wasRaisedByFreeing(Folder& root);
  Status checkSameRoot(Engine& engine);
  Result<std::optional<BaseRow>> findRow(const std::string& key);
  Result<std::optional<BaseRow>> localRow(Engine& engine, const RelPath& path);
  Task<Result<bool>> askCloud(BaseRow row, CancelToken cancel);
  Task<Status> cloudHolds(BaseRow row);

  // What the disk shows at a name.
  struct LocalLook {
    Presence presence = Presence::absent;
    FileStat stat;  // when present or aside
  };
  class PageBuilder;
  static LocalLook lookOf(const Engine& engine, const Result<FileStat>& stat);
  // The state of an entry; nothing when it is none that a user is told of: nobody has it, it was
  // deleted here, or it is out of scope.
  std::optional<FileSyncState> stateOf(Engine& engine, const std::string& key, const BaseFacts* row,
                                       const LocalLook& look);
  static bool isHere(const BaseFacts* row, const LocalLook& look);
  static bool isAgreed(const BaseFacts& row, const LocalLook& look);

  const SpaceConfig config_;
  const std::string uriPrefix_;
  const SpaceId id_;
  const std::unique_ptr<Remote> remote_;
  const Needs needs_;
  SpaceMemory memory_;
  UploadsInFlight uploads_;
  std::mutex engineMutex_;
  std::unique_ptr<Engine> engine_;       // made under engineMutex_; constant from then on
  std::atomic<Engine*> ready_{nullptr};  // the same, without the lock
  std::mutex readerMutex_;
  std::unique_ptr<StateReader> reader_;  // guarded by readerMutex_
  CancelSource closing_;
  ListingShelf listings_;
};

}  // namespace cloudsync
