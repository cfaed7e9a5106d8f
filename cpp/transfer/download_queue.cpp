#include "transfer/download_queue.h"

#include <utility>

namespace cloudsync {

// A task with what the queue alone knows of it.
struct DownloadQueue::Running final : ByteProgress {
  Running(Scheduler& scheduler, Order wanted, TaskId id)
      : task(std::make_shared<DownloadTask>(scheduler, wanted.request.key, id)),
        order(std::move(wanted)) {
    task->size = order.request.size;
  }

  void moved(ByteCount bytes) override {
    task->processed += bytes;
    std::lock_guard lock(mutex);
    for (const auto& watcher : watchers) watcher->progressed(*task);
  }

  const std::shared_ptr<DownloadTask> task;
  const Order order;
  std::mutex mutex;
  std::vector<std::shared_ptr<DownloadWatcher>> watchers;  // guarded by mutex
  int interested = 1;                                      // guarded by the queue's mutex
};

DownloadQueue::DownloadQueue(TransferPlace place, Placer& placer, Activity& activity)
    : place_(place), placer_(placer), activity_(activity), turns_(place.scheduler, kMostAtOnce) {}

DownloadQueue::~DownloadQueue() = default;

Task<Result<std::shared_ptr<DownloadTask>>> DownloadQueue::start(
    Order order, std::shared_ptr<DownloadWatcher> watcher) {
  if (order.id.value == 0) {
    Result<TaskId> id = place_.store.nextTaskId();
    if (!id.ok()) co_return id.error();
    order.id = *id;
  }
  while (true) {
    std::shared_ptr<Running> running = startOrJoin(order, order.id, watcher);
    if (running) co_return running->task;
    co_await stop(order.request.key);
  }
}

std::shared_ptr<DownloadQueue::Running> DownloadQueue::startOrJoin(
    Order& order, TaskId id, const std::shared_ptr<DownloadWatcher>& watcher) {
  std::lock_guard lock(mutex_);
  auto found = running_.find(order.request.key);
  if (found == running_.end()) {
    auto running = std::make_shared<Running>(place_.scheduler, std::move(order), id);
    if (watcher) running->watchers.push_back(watcher);
    running_.emplace(running->task->key, running);
    // Whoever joins later waits as long as who came first.
    activity_.run(Scheduler::currentLane(), run(running));
    return running;
  }
  std::shared_ptr<Running> running = found->second;
  if (running->task->cancel.cancelled()) return nullptr;
  ++running->interested;
  if (watcher) {
    std::lock_guard watching(running->mutex);
    running->watchers.push_back(watcher);
    watcher->progressed(*running->task);
  }
  return running;
}

Task<Result<BaseRow>> DownloadQueue::wait(std::shared_ptr<DownloadTask> task, CancelToken cancel) {
  bool ended = co_await task->ended.wait(cancel);
  if (ended) co_return *task->result;
  bool last = false;
  {
    std::lock_guard lock(mutex_);
    auto found = running_.find(task->key);
    if (found != running_.end() && found->second->task == task) {
      last = --found->second->interested == 0;
    }
  }
  if (last) {
    task->cancel.cancel();
    co_await task->ended.wait();
    co_return *task->result;
  }
  co_return Error{ErrorKind::cancelled, "stopped waiting for the download", task->key, 0};
}

Task<void> DownloadQueue::stop(std::string key) {
  std::shared_ptr<Running> running = find(key);
  if (!running) co_return;
  running->task->cancel.cancel();
  co_await running->task->ended.wait();
}

bool DownloadQueue::isRunning(const std::string& key) { return find(key) != nullptr; }

void DownloadQueue::stopAll() {
  std::lock_guard lock(mutex_);
  for (auto& [key, running] : running_) running->task->cancel.cancel();
}

Task<void> DownloadQueue::stopAllAndWait() {
  std::vector<std::shared_ptr<Running>> all;
  {
    std::lock_guard lock(mutex_);
    for (auto& [key, running] : running_) all.push_back(running);
  }
  for (const std::shared_ptr<Running>& running : all) running->task->cancel.cancel();
  for (const std::shared_ptr<Running>& running : all) co_await running->task->ended.wait();
}

std::shared_ptr<DownloadQueue::Running> DownloadQueue::find(const std::string& key) {
  std::lock_guard lock(mutex_);
  auto found = running_.find(key);
  return found == running_.end() ? nullptr : found->second;
}

Task<void> DownloadQueue::run(std::shared_ptr<Running> running) {
  Result<BaseRow> result = Error{};
  try {
    result = co_await fetchAndPlace(*running);
  } catch (const std::exception& bug) {
    result = Error{ErrorKind::internal, bug.what(), running->task->key, 0};
  }
  {
    std::lock_guard lock(mutex_);
    running_.erase(running->task->key);
  }
  running->task->othersWait = turns_.waiting() > 0;
  running->task->result.emplace(std::move(result));
  {
    std::lock_guard lock(running->mutex);
    for (const auto& watcher : running->watchers) {
      watcher->finished(*running->task, *running->task->result);
    }
  }
  running->task->ended.set();
}

Task<Result<BaseRow>> DownloadQueue::fetchAndPlace(Running& running) {
  const Order& order = running.order;
  CancelToken cancel = running.task->cancel.token();
  std::optional<AsyncSemaphore::Permit> turn = co_await turns_.acquire(cancel);
  if (!turn) co_return Error{ErrorKind::cancelled, "stopped", order.request.key, 0};
  if (order.foundMeanwhile) {
    Result<std::optional<BaseRow>> found = order.foundMeanwhile();
    if (!found.ok()) co_return found.error();
    if (*found) co_return std::move(**found);
  }
  Result<FetchedContent> content = co_await fetchContent(place_, order.request, running, cancel);
  if (!content.ok()) co_return content.error();

  Staged staged;
  staged.key = order.request.key;
  staged.partName = content->partName;
  staged.expected = order.expected;
  staged.unsynced = std::move(content->unsynced);
  if (order.base) staged.claim = *order.base;
  staged.claim.key = order.request.key;
  staged.claim.remoteVersion = order.request.version.text;
  BaseFacts& facts = staged.claim.facts;
  facts.standing = Standing::synced;
  facts.origin = Origin::downloaded;
  facts.mark = Mark::none;
  facts.size = order.request.size;
  facts.sha256 = content->sha256;
  facts.remoteModifyTime = content->modifyTime;
  facts.accessedAt = place_.clock.wallTime();
  Result<Placement> placed = co_await placer_.publish(std::move(staged));
  if (!placed.ok()) co_return placed.error();
  if (placed->kind != Placement::Kind::done) {
    // The content is good, its place was not: it goes, and the next look decides anew.
    if (!placed->keepsPart) {
      (void)place_.content.removePart(content->partName).ok();  // else at the next start
    }
    Status erased = eraseProgress(place_, order.request);
    if (!erased.ok()) co_return erased.error();
    co_return placed->error.value_or(
        Error{ErrorKind::conflict, "the local file changed meanwhile", order.request.key, 0});
  }
  Status erased = eraseProgress(place_, order.request);
  if (!erased.ok()) co_return erased.error();
  co_return placed->row;
}

}  // namespace cloudsync
