#include "sync/outcome.h"

#include <array>
#include <cstddef>

namespace cloudsync {

OpResult OpResult::from(Error error) {
  switch (error.kind) {
    case ErrorKind::cancelled:
      return {PlanOp::Outcome::pending, std::move(error), false};
    case ErrorKind::conflict:
    case ErrorKind::changed:
    case ErrorKind::busy:
    case ErrorKind::exists:
    case ErrorKind::notDirectory:
    case ErrorKind::isDirectory:
      return postponed(std::move(error));
    default:
      return failed(std::move(error));
  }
}

Status statusOf(const OpResult& result, const RelPath& path) {
  if (result.outcome == PlanOp::Outcome::done) return Status();
  Error error = result.error.value_or(Error{});
  if (error.subject.empty()) error.subject = path.text();
  return error;
}

int RunFailure::rank(SyncError error) {
  // The order of the reference's own selection, then what it added later.
  constexpr std::array kWorstFirst = {SyncError::networkUnavailable,
                                      SyncError::wifiUnavailable,
                                      SyncError::batteryWarning,
                                      SyncError::batteryLow,
                                      SyncError::cloudFull,
                                      SyncError::localFull,
                                      SyncError::tooHot,
                                      SyncError::remoteAbnormal,
                                      SyncError::timeout,
                                      SyncError::unknown};
  for (std::size_t i = 0; i < kWorstFirst.size(); ++i) {
    if (kWorstFirst[i] == error) return static_cast<int>(i);
  }
  return static_cast<int>(kWorstFirst.size());
}

SyncError syncErrorOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::network:
      return SyncError::networkUnavailable;
    case ErrorKind::timeout:
      return SyncError::timeout;
    case ErrorKind::remoteFull:
      return SyncError::cloudFull;
    case ErrorKind::noSpace:
      return SyncError::localFull;
    case ErrorKind::lowBattery:
      return SyncError::batteryLow;
    case ErrorKind::overheated:
      return SyncError::tooHot;
    case ErrorKind::remoteNotReady:
    case ErrorKind::remoteFault:
    case ErrorKind::throttled:
    case ErrorKind::corrupt:
      return SyncError::remoteAbnormal;
    default:
      return SyncError::unknown;
  }
}

bool endsRun(ErrorKind kind) {
  return kind == ErrorKind::network || kind == ErrorKind::remoteNotReady ||
         kind == ErrorKind::unavailable;
}

}  // namespace cloudsync
