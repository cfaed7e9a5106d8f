#include "sync/executor.h"

#include <array>
#include <exception>
#include <utility>
#include <vector>

namespace cloudsync {

namespace {

constexpr std::size_t kOpsPerPage = 512;

using Kind = PlanOp::Kind;
constexpr std::array kMakeLocal = {Kind::makeLocalDirectory};
constexpr std::array kMakeRemote = {Kind::makeRemoteDirectory};
constexpr std::array kMoveLocal = {Kind::moveLocal};
constexpr std::array kMoveRemote = {Kind::moveRemote};
constexpr std::array kDown = {Kind::compare, Kind::download};
constexpr std::array kUp = {Kind::upload};
constexpr std::array kRemoveFiles = {Kind::removeLocal, Kind::removeRemote, Kind::forget};
constexpr std::array kRemoveDirectories = {Kind::removeLocalDirectory, Kind::removeRemoteDirectory};

// The kinds whose size a plan counts into the bytes of its run.
bool movesContent(Kind kind) {
  return kind == Kind::download || kind == Kind::upload || kind == Kind::compare;
}

RunFailure::Side sideOf(Kind kind) {
  switch (kind) {
    case Kind::makeRemoteDirectory:
    case Kind::upload:
    case Kind::removeRemote:
    case Kind::removeRemoteDirectory:
    case Kind::moveRemote:
      return RunFailure::Side::up;
    case Kind::makeLocalDirectory:
    case Kind::recordCloud:
    case Kind::download:
    case Kind::compare:
    case Kind::removeLocal:
    case Kind::removeLocalDirectory:
    case Kind::forget:
    case Kind::adopt:
    case Kind::moveLocal:
      return RunFailure::Side::down;
  }
  return RunFailure::Side::down;
}

// The plan was made from a list without it; asked for it alone, the remote says that it is there.
bool wasLeftOut(const PlanOp& op, const OpResult& result) {
  bool meansAbsent =
      op.kind == Kind::upload || op.kind == Kind::removeLocal || op.kind == Kind::forget;
  return meansAbsent && !op.remoteExpected && result.error &&
         result.error->kind == ErrorKind::conflict;
}

}  // namespace

Executor::Executor(const SyncContext& context, std::unique_ptr<StateReader> reader,
                   std::shared_ptr<RunMeter> meter, RootTrust trust)
    : context_(context),
      meter_(std::move(meter)),
      operations_(context, std::move(reader), trust),
      slots_(context.place.scheduler, context.transfers),
      notices_(context) {}

Task<Status> Executor::comeDown(CancelToken cancel) {
  Status made = co_await runKinds(kMakeLocal, StateStore::Order::ascending, Pace::inOrder, cancel);
  if (!made.ok()) co_return made;
  Status moved =
      co_await runKinds(kMoveLocal, StateStore::Order::ascending, Pace::sideBySide, cancel);
  if (!moved.ok()) co_return moved;
  co_return co_await runKinds(kDown, StateStore::Order::ascending, Pace::sideBySide, cancel);
}

Task<Status> Executor::goUp(CancelToken cancel) {
  meter_->enter(RunProgress::Phase::uploading);
  // Where a directory is there as soon as something lies below it, only the empty ones need a
  // request, and which those are is known afterwards.
  bool parentsFirst = context_.place.remote.features().realDirectories;
  if (parentsFirst) {
    Status made =
        co_await runKinds(kMakeRemote, StateStore::Order::ascending, Pace::inOrder, cancel);
    if (!made.ok()) co_return made;
  }
  Status moved =
      co_await runKinds(kMoveRemote, StateStore::Order::ascending, Pace::sideBySide, cancel);
  if (!moved.ok()) co_return moved;
  Status up = co_await runKinds(kUp, StateStore::Order::ascending, Pace::sideBySide, cancel);
  if (!up.ok() || parentsFirst) co_return up;
  co_return co_await runKinds(kMakeRemote, StateStore::Order::ascending, Pace::sideBySide, cancel);
}

Task<Status> Executor::remove(CancelToken cancel) {
  Status files =
      co_await runKinds(kRemoveFiles, StateStore::Order::ascending, Pace::sideBySide, cancel);
  if (!files.ok()) co_return files;
  // Children before parents.
  co_return co_await runKinds(kRemoveDirectories, StateStore::Order::descending, Pace::inOrder,
                              cancel);
}

Task<Status> Executor::runKinds(std::span<const Kind> kinds, StateStore::Order order, Pace pace,
                                CancelToken cancel) {
  std::optional<std::int64_t> after;
  TaskGroup group(context_.place.scheduler, Lane::transfer);
  Status outcome;
  while (!shouldStop(cancel)) {
    Result<std::vector<PlanOp>> page =
        context_.place.store.planPage(context_.place.space, kinds, after, order, kOpsPerPage);
    if (!page.ok()) outcome = page.error();
    if (!page.ok() || page->empty()) break;
    after = page->back().sequence;
    for (PlanOp& op : *page) {
      if (shouldStop(cancel)) break;
      if (pace == Pace::inOrder) {
        co_await perform(std::move(op), cancel);
        continue;
      }
      AsyncSemaphore::Permit slot = co_await slots_.acquire();
      group.add(runOne(std::move(op), std::move(slot), cancel));
    }
  }
  co_await group.join();
  co_return outcome;
}

Task<void> Executor::runOne(PlanOp op, [[maybe_unused]] AsyncSemaphore::Permit slot,
                            CancelToken cancel) {
  co_await perform(std::move(op), cancel);
}

Task<void> Executor::perform(PlanOp op, CancelToken cancel) {
  if (shouldStop(cancel)) co_return;
  OpResult result;
  auto meter = std::make_shared<FileMeter>(meter_, movesContent(op.kind) ? op.size : 0);
  try {
    result = co_await operations_.perform(op, meter, cancel);
  } catch (const std::exception& bug) {
    result = OpResult::failed(Error{ErrorKind::internal, bug.what(), op.key, 0});
  }
  if (result.outcome == PlanOp::Outcome::done) {
    meter->done();
  } else {
    meter->givenUp();
  }
  count(op, result);
  if (result.outcome == PlanOp::Outcome::pending) co_return;
  op.outcome = result.outcome;
  if (result.error) op.message = result.error->message;
  Status settled = co_await context_.placer.settle(std::move(op));
  // An outcome that could not be noted is seen again by the next look: nothing depends on it.
  (void)settled.ok();
}

void Executor::count(const PlanOp& op, const OpResult& result) {
  bool isFile = !op.key.ends_with('/');
  if (isFile && result.outcome == PlanOp::Outcome::done) meter_->fileDone();
  if (result.outcome == PlanOp::Outcome::failed) meter_->fileFailed();
  std::lock_guard lock(mutex_);
  report_.lookAgain = report_.lookAgain || result.lookAgain;
  switch (result.outcome) {
    case PlanOp::Outcome::done:
      ++report_.done;
      return;
    case PlanOp::Outcome::postponed:
      ++report_.postponed;
      if (wasLeftOut(op, result)) ++report_.leftOut;
      if (!op.source.empty()) report_.noMoves.add(op.source);
      return;
    case PlanOp::Outcome::pending:
    case PlanOp::Outcome::held:
      return;
    case PlanOp::Outcome::failed:
      break;
  }
  ++report_.failed;
  const Error& error = *result.error;
  RunFailure failure{sideOf(op.kind), syncErrorOf(error.kind), error};
  if (!report_.worst || RunFailure::rank(failure.error) < RunFailure::rank(report_.worst->error)) {
    report_.worst = failure;
  }
  if (endsRun(error.kind)) report_.ended = true;
  notices_.tell(op.key, error.kind, error.message);
}

const ExecutionReport& Executor::finish() {
  notices_.close("failed");
  return report_;
}

bool Executor::shouldStop(const CancelToken& cancel) {
  if (cancel.cancelled()) return true;
  std::lock_guard lock(mutex_);
  return report_.ended;
}

}  // namespace cloudsync
