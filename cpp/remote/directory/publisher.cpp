#include "remote/directory/publisher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "fs/sync_files.h"
#include "remote/directory/layout.h"

namespace cloudsync {

namespace {

using namespace std::chrono_literals;

// Others hold the lock for one round: some milliseconds, some hundred on a slow disk.
constexpr Duration kLockBudget = 10s;
constexpr Duration kFirstPause = 1ms;
constexpr Duration kLongestPause = 50ms;
constexpr std::size_t kLargestRound = 256;

// Makes what has to exist before the first change.
Result<std::unique_ptr<File>> openLock(Folder& root) {
  RelPath path = layout::lockFile();
  Result<std::unique_ptr<File>> file = root.open(path, OpenMode::openOrCreate);
  if (file || file.error().kind != ErrorKind::notFound) return file;
  Status made = root.makeFolder(path.parent());
  if (!made && made.error().kind != ErrorKind::exists) return made.error();
  return root.open(path, OpenMode::openOrCreate);
}

// Gives the lock back before the file is closed, in any case.
class HeldLock {
 public:
  explicit HeldLock(File& file) : file_(file) {}
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  ~HeldLock() { file_.unlock(); }

 private:
  File& file_;
};

}  // namespace

// The waiters of one round. Whatever happens to the leader, an exception included, its destructor
// answers them and hands the lead to the first of the next round.
class DirectoryPublisher::Round {
 public:
  Round(DirectoryPublisher& owner, Waiter& leader) : owner_(owner), leader_(leader) {
    waiters_.push_back(&leader);
  }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;
  ~Round() {
    Waiter* next = nullptr;
    {
      auto queue = owner_.queue_.lock();
      queue->led = !queue->waiting.empty();
      if (queue->led) {
        next = queue->waiting.front();
        queue->waiting.pop_front();
        next->role = Role::leader;
      }
    }
    Scheduler& scheduler = owner_.scheduler_;
    for (Waiter* waiter : waiters_) {
      if (waiter == &leader_) continue;
      answer(scheduler, *waiter);
    }
    if (next) scheduler.post(next->coroutine, next->lane);
  }

  const std::vector<Waiter*>& waiters() const { return waiters_; }

  // Takes along who came meanwhile. Those who no longer want to wait leave before anything was
  // done for them.
  void gather() {
    {
      auto queue = owner_.queue_.lock();
      while (!queue->waiting.empty() && waiters_.size() < kLargestRound) {
        waiters_.push_back(queue->waiting.front());
        queue->waiting.pop_front();
      }
    }
    auto leaves = [this](Waiter* waiter) {
      if (waiter == &leader_ || !waiter->cancel.cancelled()) return false;
      waiter->result = Error{ErrorKind::cancelled, "stopped on request", "", 0};
      answer(owner_.scheduler_, *waiter);
      return true;
    };
    std::erase_if(waiters_, leaves);
  }

  // An attempt may be the second one: what is on disk stays there.
  void syncContents(Folder& root) {
    std::vector<Waiter*> unsynced;
    std::vector<File*> files;
    for (Waiter* waiter : waiters_) {
      if (!waiter->unsynced) continue;
      unsynced.push_back(waiter);
      files.push_back(std::exchange(waiter->unsynced, nullptr));
    }
    std::vector<Status> synced = syncFiles(root, files);
    for (std::size_t i = 0; i < unsynced.size(); ++i) {
      if (synced[i]) continue;
      unsynced[i]->contentLost = true;
      unsynced[i]->result = asRemoteError(synced[i].error());
    }
  }

  // The leader alone leaves: nothing was done yet, and the others wait on under another.
  void resign() {
    auto queue = owner_.queue_.lock();
    queue->waiting.insert(queue->waiting.begin(), waiters_.begin() + 1, waiters_.end());
    waiters_.resize(1);
  }

 private:
  // The waiter's frame may go as soon as it is posted.
  static void answer(Scheduler& scheduler, Waiter& waiter) {
    waiter.role = Role::answered;
    scheduler.post(waiter.coroutine, waiter.lane);
  }

  DirectoryPublisher& owner_;
  Waiter& leader_;
  std::vector<Waiter*> waiters_;
};

// Leads at once when nobody does, else waits for an answer or for the lead.
struct DirectoryPublisher::Entering {
  DirectoryPublisher& owner;
  Waiter& waiter;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) {
    auto queue = owner.queue_.lock();
    if (!queue->led) {
      queue->led = true;
      waiter.role = Role::leader;
      return false;
    }
    waiter.coroutine = self;
    waiter.lane = Scheduler::currentLane();
    queue->waiting.push_back(&waiter);
    return true;
  }
  void await_resume() const noexcept {}
};

Task<Status> DirectoryPublisher::publish(Change change, CancelToken cancel) {
  Waiter self;
  self.change = std::move(change);
  self.cancel = std::move(cancel);
  Task<Status> entering = enter(self);
  co_return co_await entering;
}

Task<Status> DirectoryPublisher::publish(File& content, Change change, CancelToken cancel) {
  Waiter self;
  self.change = std::move(change);
  self.unsynced = &content;
  self.cancel = std::move(cancel);
  Task<Status> entering = enter(self);
  co_return co_await entering;
}

Task<Status> DirectoryPublisher::enter(Waiter& self) {
  self.result = Error{ErrorKind::internal, "the change was not carried out", "", 0};
  Entering entering{*this, self};
  co_await entering;
  if (self.role == Role::leader) {
    Task<void> leading = lead(self);
    co_await leading;
  }
  co_return std::move(self.result);
}

Task<void> DirectoryPublisher::lead(Waiter& self) {
  Round round(*this, self);
  Duration waited{};
  Duration pause = kFirstPause;
  while (true) {
    round.gather();
    Result<Attempt> tried = attempt(round);
    if (tried && *tried == Attempt::made) co_return;
    if (!tried || waited >= kLockBudget) {
      Error failure =
          tried ? Error{ErrorKind::busy, "another process keeps the remote directory locked",
                        root_.path(), 0}
                : tried.error();
      for (Waiter* waiter : round.waiters()) waiter->result = failure;
      co_return;
    }
    bool slept = co_await scheduler_.sleep(pause, self.cancel);
    if (!slept) {
      round.resign();
      self.result = Error{ErrorKind::cancelled, "stopped on request", "", 0};
      co_return;
    }
    waited += pause;
    pause = std::min(pause * 2, kLongestPause);
  }
}

// Blocking from lock to fsync: the lock is never held across a wait.
Result<DirectoryPublisher::Attempt> DirectoryPublisher::attempt(Round& round) {
  Result<std::unique_ptr<Folder>> root = root_.open();
  if (!root) return root.error();
  // Before the lock: a busy disk must hold up nobody else.
  round.syncContents(**root);
  Result<std::unique_ptr<File>> lock = openLock(**root);
  if (!lock) return notReady(lock.error(), root_.path());
  Result<bool> locked = (*lock)->tryLock();
  if (!locked) return asRemoteError(locked.error());
  if (!*locked) return Attempt::lockIsHeld;

  DirectoryChanges changes(**root, clock_);
  {
    HeldLock held(**lock);
    for (Waiter* waiter : round.waiters()) {
      if (waiter->contentLost) continue;
      Status changed = waiter->change(changes);
      waiter->result = changed ? Status() : Status(asRemoteError(changed.error()));
    }
  }
  // Nobody needs the lock for this: what is visible now stays one whole version either way.
  Status durable = changes.makeDurable();
  if (durable) return Attempt::made;
  for (Waiter* waiter : round.waiters()) {
    if (waiter->result) waiter->result = asRemoteError(durable.error());
  }
  return Attempt::made;
}

}  // namespace cloudsync
