#include "remote/remote.h"

namespace cloudsync {

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
