#include <utility>

#include "sync/operations.h"

// A machine went down, and a file shows the times and the size that were agreed on: are the bytes
// behind them still the agreed ones?

namespace cloudsync {

Task<Result<bool>> Operations::isDamaged(PlanOp op, std::optional<BaseRow> base,
                                         CancelToken cancel) {
  std::optional<Doubts> doubts = context_.memory.doubts();
  bool inDoubt = doubts && base && base->facts.local && base->facts.sha256 &&
                 doubts->cover(base->facts) && op.localExpected == base->facts.fingerprint;
  if (!inDoubt) co_return false;
  Result<ContentHash> now = co_await hashLocalFile(context_.place, op.key, cancel);
  if (!now.ok()) co_return now.error();
  co_return now->fingerprint == base->facts.fingerprint && now->whole != *base->facts.sha256;
}

Task<OpResult> Operations::bringBack(PlanOp op, std::shared_ptr<FileMeter> meter,
                                     CancelToken cancel) {
  context_.reporter.noticed(
      Notice{context_.spaceName, printable(op.key), ErrorKind::corrupt, kDiskLostIt});
  if (op.remoteExpected) co_return co_await download(std::move(op), std::move(meter), cancel);
  co_return co_await removeLocal(std::move(op), cancel);
}

}  // namespace cloudsync
