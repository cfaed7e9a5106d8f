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

  // GallerySync, FileSync.
  Task<Status> checkReady();  // the remote can be reached and used, the root is there
  Task<Status> startSync();
  Task<Status> stopSync();
  SyncEvent syncState();
  // What a run would do now; where a root is not the remembered one, why nothing would be done.
  Task<Result<PlanInfo>> plan();
  // True: what waited under this id may go on, with the next run. False: nothing waits under it.
  Result<bool> confirm(const std::string& planId);
  // Forgets everything about the space; files, on both sides, stay as they are.
  Task<Status> unlink();

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

  // Removes a file, or a directory, on both sides, into the trash of each. One that holds anything
  // goes with what it holds, or is `notEmpty`.
  enum class Depth { alone, withContent };
  Task<Status> remove(RelPath path, Depth depth);
  // Another name, here and in the cloud; nothing is sent. `exists` when it is taken.
  Task<Status> move(RelPath from, RelPath to);

  // What was removed or replaced, and its way back; `after` is "" or a page's `next`. restore()
  // tells where it is now.
  Task<Result<TrashPage>> trash(std::string after);
  Task<Result<std::string>> restore(std::string id);
  Task<Result<OlderContents>> versions(RelPath path);
  Task<Status> restoreVersion(RelPath path, std::string id);

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
  TransferPlace place(Engine& engine);
  Error halt(Halt why);
  Error describeLostRoot(Error error);
  Task<void> abandonUploads(Engine& engine);
  class Remover;
  class Mover;
  Status expectMovable(const RelPath& from, const RelPath& to);
  static std::optional<Fingerprint> printAfterRename(Engine& engine, const BaseFacts& row,
                                                     const FileStat& before, const RelPath& to);
  Task<Status> moveInCloud(Engine& engine, RelPath from, RelPath to, BaseRow row,
                           std::optional<Fingerprint> now);
  Task<Result<TrashPage>> cloudTrash(std::string after);
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
