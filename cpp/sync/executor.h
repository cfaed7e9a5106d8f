#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "base/async_semaphore.h"
#include "base/task.h"
#include "base/task_group.h"
#include "sync/context.h"
#include "sync/notices.h"
#include "sync/operations.h"
#include "sync/outcome.h"
#include "sync/planner.h"
#include "sync/run_meter.h"

namespace cloudsync {

// What carrying out a plan came to.
struct ExecutionReport {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t postponed = 0;
  std::uint64_t leftOut = 0;  // of these: the remote has what its list had not
  bool lookAgain = false;     // another pass would find something to do
  bool ended = false;         // the remote is away: the rest was not tried
  NoMoves noMoves;            // moves among the postponed
  std::optional<RunFailure> worst;
};

// Runs the plan of one pass out of the state store: directories, what comes down, what goes up,
// deletions last. Files go side by side, directories in order. One run at a time; the session owns
// it.
class Executor {
 public:
  Executor(const SyncContext& context, std::unique_ptr<StateReader> reader,
           std::shared_ptr<RunMeter> meter, RootTrust trust);

  // The first half of a run: makes directories here, fetches, and settles what both sides have.
  Task<Status> comeDown(CancelToken cancel);
  // The second half: makes directories there, sends.
  Task<Status> goUp(CancelToken cancel);
  // Deletions on both sides.
  Task<Status> remove(CancelToken cancel);

  // What it all came to.
  const ExecutionReport& finish();

 private:
  enum class Pace { inOrder, sideBySide };

  Task<Status> runKinds(std::span<const PlanOp::Kind> kinds, StateStore::Order order, Pace pace,
                        CancelToken cancel);
  Task<void> runOne(PlanOp op, AsyncSemaphore::Permit slot, CancelToken cancel);
  Task<void> perform(PlanOp op, CancelToken cancel);
  void count(const PlanOp& op, const OpResult& result);
  bool shouldStop(const CancelToken& cancel);

  const SyncContext& context_;
  const std::shared_ptr<RunMeter> meter_;
  Operations operations_;
  AsyncSemaphore slots_;
  std::mutex mutex_;
  ExecutionReport report_;  // guarded by mutex_ while operations run
  Notices notices_;         // the same
};

}  // namespace cloudsync
