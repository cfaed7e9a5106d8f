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

Task<Result<TrashedPage>> Remote::trashed(std::string, CancelToken) { co_return TrashedPage(); }

Task<Result<ObjectInfo>> Remote::restore(RelPath path, std::string, Precondition, CancelToken) {
  co_return Error{ErrorKind::notSupported, "this remote keeps nothing that could be brought back",
                  path.text(), 0};
}

Task<Status> Remote::purge(Nanoseconds, CancelToken) { co_return Status(); }

}  // namespace cloudsync
