#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/activity.h"
#include "base/async_event.h"
#include "base/task.h"
#include "events/hub.h"
#include "sync/session.h"

namespace cloudsync {

// Start and stop of a space's runs, as the reference API means them: one run at a time, a start
// during it is remembered as one more, a stop ends both. Tells the hub every state and remembers
// the last one durably. Owned by the space; any thread.
class SyncControl final : public Session::Listener {
 public:
  SyncControl(SyncContext context, Hub& hub, Activity& activity);
  ~SyncControl() override;

  // The run is accepted (or remembered) when it returns.
  void start();
  // Returns when nothing of the run is active any more.
  Task<void> stop();
  // For good: the device is closing. Does not wait.
  void cancel();

  bool isRunning();
  SyncEvent state();

  // Plans, or reads the plan of the run that is going on.
  Task<Result<PlanInfo>> plan();
  // For what a person does to single files, beside what runs. Outlived by the control.
  Result<std::unique_ptr<Operations>> operations();
  // Stops what runs, and calls `act` while no run and no round is going on.
  Task<Status> whileIdle(std::function<Status()> act);

  void entered(SyncState state) override;

 private:
  struct Run;

  Task<void> runAll(std::shared_ptr<Run> run);
  Task<Status> look();  // plans without carrying out
  void tellEnd(const SyncEvent& event, const Session::Outcome& outcome);
  void remember(const SyncEvent& event);

  const SyncContext context_;
  AsyncSemaphore turn_;   // whoever writes the plan table
  CancelSource closing_;  // ends plan()
  Hub& hub_;
  Activity& activity_;
  std::mutex mutex_;
  std::shared_ptr<Run> run_;  // guarded by mutex_
  SyncEvent last_;            // guarded by mutex_
};

}  // namespace cloudsync
