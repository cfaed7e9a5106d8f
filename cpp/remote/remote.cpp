#include "remote/remote.h"

namespace cloudsync {

bool canCarry(const Features& features, std::string_view key) {
  if (features.needsUtf8 && !isValidUtf8(key)) return false;
  return features.longestPath == 0 || key.size() <= features.longestPath;
}

Task<Result<std::vector<VersionInfo>>> Remote::versions(RelPath path, CancelToken) {
  co_return Error{ErrorKind::notSupported, "this remote keeps no versions", path.text(), 0};
}

Task<Result<std::vector<PartReceipt>>> Remote::receivedParts(RelPath, UploadId,
                                                             std::vector<PartRequest>,
                                                             CancelToken) {
  co_return std::vector<PartReceipt>();
}

Task<Status> Remote::purge(Nanoseconds, CancelToken) { co_return Status(); }

}  // namespace cloudsync
