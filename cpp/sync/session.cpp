#include "sync/session.h"

#include <array>
#include <chrono>
#include <utility>

#include "transfer/parted_upload.h"

namespace cloudsync {

namespace {

using namespace std::chrono_literals;

// What was postponed is looked at again in the same run: a conflict copy goes up, a file that was
// being written has come to rest. A few times, then the run says what is left.
constexpr int kMostPasses = 4;
constexpr auto kRest = 100ms;  // before a pass over what was just being written; grows

Session::Outcome failure(RunFailure::Side side, SyncError error, Error cause) {
  SyncState state =
      side == RunFailure::Side::up ? SyncState::uploadFailed : SyncState::downloadFailed;
  return {state, error, std::move(cause)};
}

Session::Outcome failure(RunFailure::Side side, const Error& cause) {
  if (cause.kind == ErrorKind::cancelled) return {SyncState::stopped, SyncError::none, cause};
  return failure(side, syncErrorOf(cause.kind), cause);
}

std::string sentenceAbout(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what);
}

}  // namespace

Task<Session::Outcome> Session::run(CancelToken cancel) {
  listener_.entered(SyncState::downloading);
  Result<RootTrust> trust = co_await identifyRoots(context_, cancel);
  if (!trust.ok()) co_return failure(RunFailure::Side::down, trust.error());
  trust_ = *trust;

  auto meter =
      std::make_shared<RunMeter>(context_.place.clock, context_.reporter, context_.spaceName);
  Pass last;
  for (int number = 1; number <= kMostPasses; ++number) {
    PlanRequest request;
    request.trust = trust_;
    request.noMoves = last.report.noMoves;
    Result<Pass> pass = co_await runPass(request, meter, cancel);
    if (!pass.ok()) co_return failure(RunFailure::Side::down, pass.error());
    last = std::move(*pass);
    if (!last.report.lookAgain || last.report.ended) break;
    bool rested = co_await context_.place.scheduler.sleep(kRest * number, cancel);
    if (!rested) break;
  }
  if (cancel.cancelled()) co_return Outcome{SyncState::stopped, SyncError::none, std::nullopt};
  Outcome outcome = judge(last);
  if (outcome.state == SyncState::completed) {
    Status remembered = rememberGeneration(context_.place.root, context_.memory);
    if (!remembered.ok()) co_return failure(RunFailure::Side::down, remembered.error());
    co_await purgeTrash(cancel);
    Status tidied = co_await tidyTransfers(cancel);
    if (!tidied.ok()) {
      context_.reporter.noticed(
          Notice{context_.spaceName, "", tidied.error().kind,
                 "what a transfer left could not be removed: " + tidied.error().message});
    }
  }
  co_return outcome;
}

Task<Result<Session::Pass>> Session::runPass(PlanRequest request, std::shared_ptr<RunMeter> meter,
                                             CancelToken cancel) {
  Result<PlanSummary> summary = co_await makePlan(context_, request, cancel);
  if (!summary.ok()) co_return summary.error();
  Result<std::vector<Hold>> holds = holdUnsafe(*summary);
  if (!holds.ok()) co_return holds.error();

  Pass pass;
  pass.holds = std::move(*holds);
  pass.unknown = summary->unknown;
  if (summary->operations == 0) {
    enterUploading();
    co_return pass;
  }
  Result<std::unique_ptr<StateReader>> reader = context_.place.store.openReader();
  if (!reader.ok()) co_return reader.error();
  meter->begin(RunProgress::Phase::downloading, summary->files,
               summary->downloadBytes + summary->uploadBytes);
  Executor executor(context_, std::move(*reader), meter, request.trust);
  bool removes = summary->safety.removesLocal + summary->safety.removesRemote > 0;
  Status carried = co_await carryOut(executor, removes, cancel);
  pass.report = executor.finish();
  if (!carried.ok()) co_return carried.error();
  meter->enter(RunProgress::Phase::done);
  co_return pass;
}

Task<Status> Session::carryOut(Executor& executor, bool removes, CancelToken cancel) {
  Status down = co_await executor.comeDown(cancel);
  if (!down.ok()) co_return down;
  enterUploading();
  Status up = co_await executor.goUp(cancel);
  if (!up.ok()) co_return up;
  if (removes && !cancel.cancelled()) {
    // Transfers may have taken hours: is it still the same disk, and the same remote?
    Result<RootTrust> still = co_await identifyRoots(context_, cancel);
    if (!still.ok()) co_return still.error();
  }
  co_return co_await executor.remove(cancel);
}

// Trash that could not be purged is tried again by the next run: no reason for this one to fail.
Task<void> Session::purgeTrash(CancelToken cancel) {
  auto tell = [this](const Error& error, std::string_view where) {
    std::string message = "old trash" + std::string(where) + " could not be removed: ";
    context_.reporter.noticed(Notice{context_.spaceName, printable(error.subject), error.kind,
                                     std::move(message) + error.message});
  };
  Result<std::uint64_t> local = context_.placer.betweenRounds(
      [this] { return context_.place.content.purgeTrash(context_.trashAge); });
  if (!local.ok()) tell(local.error(), "");
  Nanoseconds olderThan = context_.place.clock.wallTime() - context_.trashAge.count();
  Status remote = co_await context_.place.remote.purge(olderThan, cancel);
  if (!remote.ok() && remote.error().kind != ErrorKind::cancelled) {
    tell(remote.error(), " in the cloud");
  }
}

// Everything is in sync: a partial file that nobody will go on with, and an upload whose file is
// gone, are of no use any more.
Task<Status> Session::tidyTransfers(CancelToken cancel) {
  const TransferPlace& place = context_.place;
  Result<std::vector<UploadRow>> uploads = place.store.uploads(place.space);
  if (!uploads.ok()) co_return uploads.error();
  for (UploadRow& row : *uploads) {
    if (context_.uploads.holds(row.key)) continue;
    Status abandoned = co_await abandonUpload(place, std::move(row), cancel);
    if (!abandoned.ok()) co_return abandoned;
  }
  Result<std::vector<DownloadRow>> downloads = place.store.downloads(place.space);
  if (!downloads.ok()) co_return downloads.error();
  if (downloads->empty()) co_return Status();
  Result<std::unique_ptr<StateReader>> reader = place.store.openReader();
  if (!reader.ok()) co_return reader.error();
  for (const DownloadRow& row : *downloads) {
    Result<std::optional<BaseRow>> base = (*reader)->find(place.space, row.key);
    if (!base.ok()) co_return base.error();
    bool wanted = *base && (*base)->remoteVersion == row.remoteVersion;
    if (wanted || context_.downloads.isRunning(row.key)) continue;
    Status forgotten = forgetPartial(place, row.key);
    if (!forgotten.ok()) co_return forgotten;
  }
  co_return Status();
}

void Session::enterUploading() {
  if (!std::exchange(uploadingEntered_, true)) listener_.entered(SyncState::uploading);
}

Result<std::vector<Hold>> Session::holdUnsafe(const PlanSummary& summary) {
  std::vector<Hold> holds = checkSafety(summary.safety, context_.deletionLimit);
  for (const Hold& hold : holds) {
    Status held = context_.place.store.holdOps(context_.place.space, hold.kinds, hold.reason);
    if (!held.ok()) return held.error();
    context_.reporter.noticed(Notice{context_.spaceName, "", ErrorKind::halted, hold.message});
  }
  return holds;
}

Session::Outcome Session::judge(const Pass& last) const {
  const ExecutionReport& report = last.report;
  if (report.worst) {
    return failure(report.worst->side, report.worst->error, report.worst->cause);
  }
  if (!last.holds.empty()) {
    const Hold& hold = last.holds.front();
    Error cause{ErrorKind::halted, hold.message, hold.reason, 0};
    // Files that vanished from the remote are the remote's doing; local deletions are the user's.
    bool remoteIsCause = hold.reason == "deletion-limit-local";
    return remoteIsCause ? failure(RunFailure::Side::down, SyncError::remoteAbnormal, cause)
                         : failure(RunFailure::Side::up, SyncError::unknown, cause);
  }
  // A list that is behind catches up within the passes of a run.
  if (report.leftOut > 0) {
    Error cause{ErrorKind::remoteFault,
                sentenceAbout(report.leftOut,
                              "files are in the cloud, but its list leaves them out: it is not "
                              "complete, and nothing is deleted for it; sync again later"),
                "", 0};
    return failure(RunFailure::Side::down, SyncError::remoteAbnormal, cause);
  }
  if (report.postponed > 0) {
    Error cause{ErrorKind::changed,
                sentenceAbout(report.postponed, "files kept changing and wait for the next run"),
                "", 0};
    return failure(RunFailure::Side::up, SyncError::unknown, cause);
  }
  if (last.unknown > 0) {
    Error cause{ErrorKind::permission,
                sentenceAbout(last.unknown, "directories could not be read; the rest is in sync"),
                "", 0};
    return failure(RunFailure::Side::down, SyncError::unknown, cause);
  }
  return {};
}

}  // namespace cloudsync
