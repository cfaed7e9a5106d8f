#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/task.h"
#include "sync/context.h"
#include "sync/executor.h"
#include "sync/outcome.h"
#include "sync/planner.h"
#include "sync/root_identity.h"

namespace cloudsync {

// One complete run over a space: look at both sides, plan, check, carry out, and look again while
// something was postponed. Used by the space's control (sync_control.h), one at a time.
class Session {
 public:
  // Told of the run's states as the reference API names them.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void entered(SyncState state) = 0;  // downloading, uploading
  };

  // How a run ended.
  struct Outcome {
    SyncState state = SyncState::completed;
    SyncError error = SyncError::none;
    std::optional<Error> cause;
  };

  Session(const SyncContext& context, Listener& listener)
      : context_(context), listener_(listener) {}

  Task<Outcome> run(CancelToken cancel);

 private:
  struct Pass {
    ExecutionReport report;
    std::vector<Hold> holds;
    std::uint64_t unknown = 0;
  };

  Task<Result<Pass>> runPass(PlanRequest request, std::shared_ptr<RunMeter> meter,
                             CancelToken cancel);
  Task<Status> carryOut(Executor& executor, bool removes, CancelToken cancel);
  Task<Result<std::vector<Hold>>> holdBack(PlanSummary summary, CancelToken cancel);
  Task<void> markChange(CancelToken cancel);
  Status settleTrust();
  Outcome judge(const Pass& last) const;
  void enterUploading();
  Task<void> purgeTrash(CancelToken cancel);
  Task<Status> tidyTransfers(CancelToken cancel);

  const SyncContext& context_;
  Listener& listener_;
  RootTrust trust_ = RootTrust::full;
  bool uploadingEntered_ = false;
  bool changedRemote_ = false;
};

}  // namespace cloudsync
