#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/task.h"
#include "store/state_store.h"
#include "sync/context.h"
#include "sync/outcome.h"
#include "sync/planner.h"
#include "sync/run_meter.h"
#include "transfer/content_hash.h"

namespace cloudsync {

// Carries out single operations of a plan. Each checks at the last moment what the plan saw: if it
// no longer holds, nothing is changed and the operation is postponed to the next look. Called by
// the executor, many at once; the executor owns it.
class Operations {
 public:
  Operations(const SyncContext& context, std::unique_ptr<StateReader> reader, RootTrust trust);

  // `meter` counts the bytes that move for it.
  Task<OpResult> perform(PlanOp op, std::shared_ptr<FileMeter> meter, CancelToken cancel);

 private:
  Task<OpResult> makeLocalDirectory(PlanOp op);
  Task<OpResult> makeRemoteDirectory(PlanOp op, CancelToken cancel);
  Task<OpResult> removeLocalDirectory(PlanOp op);
  Task<OpResult> removeRemoteDirectory(PlanOp op, CancelToken cancel);
  Task<OpResult> download(PlanOp op, std::shared_ptr<FileMeter> meter, CancelToken cancel);
  Task<OpResult> upload(PlanOp op, std::shared_ptr<FileMeter> meter, CancelToken cancel);
  Task<OpResult> compare(PlanOp op, std::shared_ptr<FileMeter> meter, CancelToken cancel);
  Task<OpResult> takeRemote(ContentHash local, ObjectInfo remote, std::optional<BaseRow> base,
                            std::shared_ptr<FileMeter> meter, CancelToken cancel);
  Task<OpResult> keepBoth(PlanOp op, ContentHash local, ObjectInfo remote,
                          std::shared_ptr<FileMeter> meter, CancelToken cancel);
  Task<OpResult> removeLocal(PlanOp op, CancelToken cancel);
  Task<OpResult> removeRemote(PlanOp op, CancelToken cancel);
  Task<OpResult> forget(PlanOp op, CancelToken cancel);
  Task<OpResult> moveLocal(PlanOp op, CancelToken cancel);
  Task<OpResult> moveRemote(PlanOp op, std::shared_ptr<FileMeter> meter, CancelToken cancel);
  Task<OpResult> sendAndRemove(PlanOp op, std::shared_ptr<FileMeter> meter, CancelToken cancel);

  Task<OpResult> fetch(DownloadQueue::Order order, std::shared_ptr<FileMeter> meter,
                       CancelToken cancel);
  Task<Result<std::optional<Sha256>>> remoteHash(const PlanOp& op, const ObjectInfo& info,
                                                 const ContentHash& local,
                                                 const std::optional<BaseRow>& base,
                                                 CancelToken cancel);
  bool isCarriedBelow(const std::string& directoryKey, const std::string& removed);
  Task<OpResult> keepParent(RelPath path, std::string removed, CancelToken cancel);
  Status expectDeletedHere(const std::string& key);
  Task<Status> expectGoneRemotely(RelPath path, CancelToken cancel);
  OpResult writeMovedRow(const BaseRow& before, const std::string& key, const ObjectInfo& moved,
                         const std::optional<ContentHash>& content);
  static OpResult fromPlacement(Placement placement);
  void markUploadFailed(const std::string& key);
  OpResult refreshRow(const BaseRow& before, BaseRow row);
  // Writes a row that was made from `before`, unless somebody wrote another one since.
  OpResult writeUnlessChanged(const std::optional<BaseRow>& before, BaseRow row);
  Task<OpResult> commitRow(BaseRow row);
  Task<OpResult> eraseRow(std::string key);
  Result<std::optional<BaseRow>> findRow(const std::string& key);

  const SyncContext& context_;
  const RootTrust trust_;
  std::mutex readerMutex_;
  std::unique_ptr<StateReader> reader_;  // guarded by readerMutex_
};

}  // namespace cloudsync
