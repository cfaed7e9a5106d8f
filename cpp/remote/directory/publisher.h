#pragma once

#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/cancel.h"
#include "base/guarded.h"
#include "base/scheduler.h"
#include "base/task.h"
#include "remote/directory/changes.h"
#include "remote/directory/root.h"

namespace cloudsync {

// Every change of a name in a directory remote passes through here, in rounds: the first to come
// leads, takes along all who wait, brings the contents of all small files to the disk together,
// holds the lock once and fsyncs each changed directory once. Who comes meanwhile forms the next
// round. Owned by the remote; any thread.
class DirectoryPublisher {
 public:
  // What one caller wants done while the lock is held. Runs on the leader's thread.
  using Change = std::function<Status(DirectoryChanges&)>;

  DirectoryPublisher(DirectoryRoot& root, Scheduler& scheduler, Clock& clock)
      : root_(root), scheduler_(scheduler), clock_(clock) {}
  DirectoryPublisher(const DirectoryPublisher&) = delete;
  DirectoryPublisher& operator=(const DirectoryPublisher&) = delete;

  // Done and durable when it answers. `busy` when another process keeps the lock too long.
  Task<Status> publish(Change change, CancelToken cancel);
  // The same for a change that shows `content`: it is on disk before the change is made.
  Task<Status> publish(File& content, Change change, CancelToken cancel);

 private:
  enum class Role { waiting, leader, answered };

  struct Waiter {
    Change change;
    File* unsynced = nullptr;  // content that is not on disk yet
    bool contentLost = false;  // nor can be: `result` says why
    CancelToken cancel;
    Status result;
    Role role = Role::waiting;
    std::coroutine_handle<> coroutine;
    Lane lane = Lane::transfer;
  };
  struct Queue {
    std::deque<Waiter*> waiting;
    bool led = false;
  };
  class Round;
  struct Entering;

  Task<Status> enter(Waiter& self);
  Task<void> lead(Waiter& self);
  enum class Attempt { made, lockIsHeld };
  Result<Attempt> attempt(Round& round);

  DirectoryRoot& root_;
  Scheduler& scheduler_;
  Clock& clock_;
  Guarded<Queue> queue_;
};

}  // namespace cloudsync
