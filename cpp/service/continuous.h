#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/activity.h"
#include "base/cancel.h"
#include "base/key_set.h"
#include "base/task.h"
#include "events/event.h"
#include "sync/dirty_paths.h"
#include "sync/session.h"
#include "watch/watcher.h"

namespace cloudsync {

// What following a space needs of it. Any thread.
class Followed {
 public:
  virtual ~Followed() = default;
  // No run is going on: what it wrote has its rows.
  virtual Task<void> whenFree() = 0;
  virtual Task<Result<KeySet>> changedHere(KeySet keys, std::size_t mostParts,
                                           CancelToken cancel) = 0;
  // One run over `keys`, to its end.
  virtual Task<Session::Outcome> follow(KeySet keys) = 0;
  virtual void noticed(Notice notice) = 0;
};

// Keeps a space in sync: a run over everything when it begins and every now and then, which also
// brings what the cloud got from others; in between a run over what a watcher hinted at, once it
// has come to rest and differs from what is known. What fails is tried again, later each time.
// `pause` ends that until `resume`: what a person stopped does not begin again by itself. So does
// an obstacle (the battery is low), until it is taken away.
//
// Owned by the space. One coroutine, which no idle device waits for; any thread.
class Continuous final : public HintSink {
 public:
  using Opener = std::function<Result<std::unique_ptr<Watcher>>(HintSink& sink)>;
  struct Options {
    DirtyPaths::Limits dirty;
    Duration fullRunEvery = std::chrono::minutes(10);
  };
  struct Needs {
    Followed& followed;
    Scheduler& scheduler;
    Activity& activity;
    std::string spaceName;
    Opener open;
  };
  Continuous(Needs needs, Options options);
  ~Continuous() override;

  void begin();
  void pause();
  void resume();
  // Why no run may begin; nothing: all may.
  void setObstacle(std::optional<Error> obstacle);
  // For good: the device is closing. Does not wait.
  void cancel();

  void hint(std::string_view key) override;
  void warn(std::string message) override;

 private:
  enum class Reason { none, fullRun, hints, retry };
  struct Work {
    Reason reason = Reason::none;
    KeySet keys;
    SteadyTime wait;  // reason none: look again then
  };

  Task<void> serve();
  Task<void> rest(SteadyTime until);
  Task<void> carryOut(Work work);
  Work next();
  void openWatcher();
  void settle(const Work& work, const Session::Outcome& outcome);
  void finished();
  void wake();
  SteadyTime now() { return needs_.scheduler.clock().steadyTime(); }

  const Needs needs_;
  const Options options_;
  CancelSource closing_;
  std::mutex mutex_;
  // Guarded by mutex_:
  DirtyPaths dirty_;
  std::unique_ptr<Watcher> watcher_;
  bool listening_ = false;  // the watcher said that it hears everything
  bool toldWhyNot_ = false;
  bool paused_ = false;
  std::optional<Error> obstacle_;
  std::optional<SteadyTime> fullRunAt_;
  SteadyTime notBefore_{};  // the remote is away: no run before then
  int outages_ = 0;
  KeySet retry_;
  SteadyTime retryAt_{};
  int retries_ = 0;
  bool woken_ = false;
  std::shared_ptr<CancelSource> nap_;
  std::optional<Activity::Guard> busy_;  // while there is something that no run has seen
};

}  // namespace cloudsync
