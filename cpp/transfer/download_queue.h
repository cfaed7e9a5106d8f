#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/activity.h"
#include "base/async_event.h"
#include "base/cancel.h"
#include "transfer/download.h"
#include "transfer/placer.h"

namespace cloudsync {

// One running download: from its admission to its one end. Shared by whoever waits for it.
struct DownloadTask {
  DownloadTask(Scheduler& scheduler, std::string of, TaskId with)
      : key(std::move(of)), id(with), ended(scheduler) {}

  const std::string key;
  const TaskId id;
  CancelSource cancel;
  std::atomic<ByteCount> processed{0};
  std::atomic<ByteCount> size{0};
  AsyncEvent ended;
  std::atomic<bool> othersWait{false};    // for their turn, when it ended
  std::optional<Result<BaseRow>> result;  // set before `ended`; read after it
};

// What a download tells those who watch it. Called on pool threads, one call at a time per task.
class DownloadWatcher {
 public:
  virtual ~DownloadWatcher() = default;
  virtual void progressed(const DownloadTask& task) = 0;
  virtual void finished(const DownloadTask& task, const Result<BaseRow>& result) = 0;
};

// Brings content down into the local tree: one running task per file, whoever asks second joins.
// Owned by the space; any thread.
class DownloadQueue {
 public:
  // So many files are in transfer at once; a file that waits for its turn holds nothing.
  static constexpr std::size_t kMostAtOnce = 64;

  DownloadQueue(TransferPlace place, Placer& placer, Activity& activity);
  ~DownloadQueue();

  // What to fetch, and what may stand at its name meanwhile.
  struct Order {
    DownloadRequest request;
    std::optional<Fingerprint> expected;  // the local file that it replaces; nothing: a free name
    std::optional<BaseRow> base;          // the row so far
    TaskId id{};                          // of a new task; 0: one is taken
    // Asked when the turn has come, where it may be empty: the row of a content that another task
    // has brought here since the order was written.
    std::function<Result<std::optional<BaseRow>>()> foundMeanwhile{};
  };

  // Starts, or joins the running task of this key; one that was stopped is waited for first, so
  // that never two share a partial file. `watcher` may be null.
  Task<Result<std::shared_ptr<DownloadTask>>> start(Order order,
                                                    std::shared_ptr<DownloadWatcher> watcher);
  // Waits for its end. Cancelled before: leaves, and ends the task if nobody else wants it.
  Task<Result<BaseRow>> wait(std::shared_ptr<DownloadTask> task, CancelToken cancel);

  // Ends the running task of `key`, for everybody; returns when it has ended.
  Task<void> stop(std::string key);
  bool isRunning(const std::string& key);
  void stopAll();
  Task<void> stopAllAndWait();

 private:
  struct Running;

  Task<void> run(std::shared_ptr<Running> running);
  // The task of the order's key, new or joined; null while a stopped one has not ended yet.
  std::shared_ptr<Running> startOrJoin(Order& order, TaskId id,
                                       const std::shared_ptr<DownloadWatcher>& watcher);
  Task<Result<BaseRow>> fetchAndPlace(Running& running);
  std::shared_ptr<Running> find(const std::string& key);

  TransferPlace place_;
  Placer& placer_;
  Activity& activity_;
  AsyncSemaphore turns_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Running>> running_;  // guarded by mutex_
};

}  // namespace cloudsync
