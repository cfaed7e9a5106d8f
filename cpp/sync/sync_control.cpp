#include "sync/sync_control.h"

#include <exception>
#include <utility>

#include "sync/holds.h"
#include "sync/plan_report.h"

namespace cloudsync {

// A run with the one that may be remembered behind it.
struct SyncControl::Run {
  explicit Run(Scheduler& scheduler) : ended(scheduler) {}

  CancelSource cancel;
  bool again = false;  // guarded by the control's mutex
  AsyncEvent ended;
};

SyncControl::SyncControl(SyncContext context, Hub& hub, Activity& activity)
    : context_(std::move(context)),
      turn_(context_.place.scheduler, 1),
      hub_(hub),
      activity_(activity) {
  SpaceRow row = context_.memory.read();
  last_ = SyncEvent{context_.spaceName, static_cast<SyncState>(row.syncState),
                    static_cast<SyncError>(row.syncError), true};
}

SyncControl::~SyncControl() = default;

void SyncControl::start() {
  std::lock_guard lock(mutex_);
  if (run_) {
    run_->again = true;
    return;
  }
  run_ = std::make_shared<Run>(context_.place.scheduler);
  activity_.run(Lane::background, runAll(run_));
}

Task<void> SyncControl::stop() {
  std::shared_ptr<Run> run;
  {
    std::lock_guard lock(mutex_);
    run = run_;
  }
  if (!run) co_return;
  run->cancel.cancel();
  co_await run->ended.wait();
}

void SyncControl::cancel() {
  closing_.cancel();
  std::lock_guard lock(mutex_);
  if (run_) run_->cancel.cancel();
}

bool SyncControl::isRunning() {
  std::lock_guard lock(mutex_);
  return run_ != nullptr;
}

SyncEvent SyncControl::state() {
  std::lock_guard lock(mutex_);
  return last_;
}

Task<void> SyncControl::runAll(std::shared_ptr<Run> run) {
  AsyncSemaphore::Permit turn = co_await turn_.acquire();
  while (true) {
    Session::Outcome outcome;
    try {
      Session session(context_, *this);
      outcome = co_await session.run(run->cancel.token());
    } catch (const std::exception& bug) {
      outcome = {SyncState::downloadFailed, SyncError::unknown,
                 Error{ErrorKind::internal, bug.what(), "", 0}};
    }
    SyncEvent event{context_.spaceName, outcome.state, outcome.error, true};
    {
      std::lock_guard lock(mutex_);
      // A start during the run is answered by another one, without COMPLETED in between.
      if (std::exchange(run->again, false) && !run->cancel.cancelled()) continue;
      // A start from here on makes a run of its own, which waits for its turn: until this one has
      // said its last word.
      last_ = event;
      run_ = nullptr;
    }
    tellEnd(event, outcome);
    run->ended.set();
    co_return;
  }
}

void SyncControl::entered(SyncState state) {
  SyncEvent event{context_.spaceName, state, SyncError::none, false};
  {
    std::lock_guard lock(mutex_);
    last_ = event;
  }
  hub_.broadcast(event);
}

void SyncControl::tellEnd(const SyncEvent& event, const Session::Outcome& outcome) {
  if (outcome.cause && outcome.cause->kind != ErrorKind::cancelled) {
    hub_.broadcast(Notice{context_.spaceName, printable(outcome.cause->subject),
                          outcome.cause->kind, outcome.cause->message});
  }
  remember(event);
  hub_.broadcast(event);
}

void SyncControl::remember(const SyncEvent& event) {
  std::int64_t now = context_.place.clock.wallTime() / 1'000'000;
  Status saved = context_.memory.update([&event, now](SpaceRow& row) {
    row.syncState = static_cast<int>(event.state);
    row.syncError = static_cast<int>(event.error);
    if (event.state == SyncState::completed) row.lastSyncTime = now;
  });
  if (!saved.ok()) {
    hub_.broadcast(Notice{context_.spaceName, "", saved.error().kind,
                          "the state of the run could not be saved: " + saved.error().message});
  }
}

Task<Result<PlanInfo>> SyncControl::plan() {
  const TransferPlace& place = context_.place;
  if (!isRunning()) {
    AsyncSemaphore::Permit turn = co_await turn_.acquire();
    Task<Status> looking = look();
    Status looked = co_await looking;
    if (!looked.ok()) co_return planUnlessHalted(looked.error(), place.store, place.space);
  }
  co_return readPlan(place.store, place.space);
}

Task<Status> SyncControl::look() {
  Task<Result<RootTrust>> identifying = identifyRoots(context_, closing_.token());
  Result<RootTrust> trust = co_await identifying;
  if (!trust.ok()) co_return trust.error();
  PlanRequest request{PlanMode::look, *trust};
  Task<Result<PlanSummary>> planning = makePlan(context_, request, closing_.token());
  Result<PlanSummary> summary = co_await planning;
  if (!summary.ok()) co_return summary.error();
  Task<Result<std::vector<Hold>>> judging = holdUnsafe(context_, *summary, closing_.token());
  Result<std::vector<Hold>> holds = co_await judging;
  co_return holds.ok() ? Status() : Status(holds.error());
}

Result<std::unique_ptr<Operations>> SyncControl::operations() {
  Result<std::unique_ptr<StateReader>> reader = context_.place.store.openReader();
  if (!reader.ok()) return reader.error();
  return std::make_unique<Operations>(context_, std::move(*reader));
}

Task<Status> SyncControl::whileIdle(std::function<Status()> act) {
  Task<void> stopping = stop();
  co_await stopping;
  AsyncSemaphore::Permit turn = co_await turn_.acquire();
  co_return context_.placer.betweenRounds(act);
}

}  // namespace cloudsync
