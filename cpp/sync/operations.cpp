#include "sync/operations.h"

#include <utility>

namespace cloudsync {

Operations::Operations(const SyncContext& context, std::unique_ptr<StateReader> reader,
                       RootTrust trust)
    : context_(context), trust_(trust), reader_(std::move(reader)) {}

Task<OpResult> Operations::perform(PlanOp op, std::shared_ptr<FileMeter> meter,
                                   CancelToken cancel) {
  switch (op.kind) {
    case PlanOp::Kind::makeLocalDirectory:
      return makeLocalDirectory(std::move(op));
    case PlanOp::Kind::makeRemoteDirectory:
      return makeRemoteDirectory(std::move(op), std::move(cancel));
    case PlanOp::Kind::download:
      return download(std::move(op), std::move(meter), std::move(cancel));
    case PlanOp::Kind::upload:
      return upload(std::move(op), std::move(meter), std::move(cancel));
    case PlanOp::Kind::compare:
      return compare(std::move(op), std::move(meter), std::move(cancel));
    case PlanOp::Kind::removeLocal:
      return removeLocal(std::move(op), std::move(cancel));
    case PlanOp::Kind::removeRemote:
      return removeRemote(std::move(op), std::move(cancel));
    case PlanOp::Kind::removeLocalDirectory:
      return removeLocalDirectory(std::move(op));
    case PlanOp::Kind::removeRemoteDirectory:
      return removeRemoteDirectory(std::move(op), std::move(cancel));
    case PlanOp::Kind::forget:
      return forget(std::move(op), std::move(cancel));
    case PlanOp::Kind::moveLocal:
      return moveLocal(std::move(op), std::move(cancel));
    case PlanOp::Kind::moveRemote:
      return moveRemote(std::move(op), std::move(meter), std::move(cancel));
    case PlanOp::Kind::recordCloud:
    case PlanOp::Kind::adopt:
      break;  // rows: written while planning, never an operation
  }
  return eraseRow(std::move(op.key));
}

Result<std::optional<BaseRow>> Operations::findRow(const std::string& key) {
  std::lock_guard lock(readerMutex_);
  return reader_->find(context_.place.space, key);
}

Task<OpResult> Operations::commitRow(BaseRow row) {
  BaseChange change{BaseChange::Kind::put, std::move(row)};
  Status written = co_await context_.placer.commit(std::move(change));
  if (!written.ok()) co_return OpResult::failed(written.error());
  co_return OpResult::done();
}

Task<OpResult> Operations::eraseRow(std::string key) {
  BaseRow row;
  row.key = std::move(key);
  BaseChange change{BaseChange::Kind::erase, std::move(row)};
  Status written = co_await context_.placer.commit(std::move(change));
  if (!written.ok()) co_return OpResult::failed(written.error());
  co_return OpResult::done();
}

// A listing is no snapshot: before anything goes because of an absence, the remote is asked again.
Task<Status> Operations::expectGoneRemotely(RelPath path, CancelToken cancel) {
  Result<ObjectInfo> info = co_await context_.place.remote.stat(path, cancel);
  // A directory of its name is not the file.
  if (info.ok() && info->kind == EntryKind::directory) co_return Status();
  if (info.ok()) {
    co_return Error{ErrorKind::conflict, "the remote has it after all", path.text(), 0};
  }
  if (info.error().kind != ErrorKind::notFound) co_return info.error();
  co_return Status();
}

}  // namespace cloudsync
