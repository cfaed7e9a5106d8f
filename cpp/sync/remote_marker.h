#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/task.h"
#include "remote/remote.h"
#include "sync/safety.h"
#include "transfer/place.h"

namespace cloudsync {

// What `.cloudsync/root` in the remote says: which remote this is, and the last moments of its
// life. Each complete run that changed the remote adds one; a remote that was restored from a
// backup lacks those that its devices remember.
struct RemoteMarker {
  std::string id;
  std::vector<RemoteEpoch> epochs;  // newest first
  ObjectVersion version;            // of the marker itself

  RemoteEpoch newest() const { return epochs.empty() ? RemoteEpoch() : epochs.front(); }
};

// PURE. Nothing when the text is no marker; lines that are not known are left for versions to come.
std::optional<RemoteMarker> parseRemoteMarker(std::string_view text);
std::string describeRemoteMarker(const RemoteMarker& marker);

// Nothing when the remote has no marker.
Task<Result<std::optional<RemoteMarker>>> readRemoteMarker(TransferPlace place, CancelToken cancel);

// Makes one, or returns that of the device that was first.
Task<Result<RemoteMarker>> makeRemoteMarker(TransferPlace place, CancelToken cancel);

// Adds an epoch to the marker and returns it. `halted` when it is not that of `id` any more.
Task<Result<RemoteEpoch>> raiseRemoteEpoch(TransferPlace place, std::string id, CancelToken cancel);

}  // namespace cloudsync
