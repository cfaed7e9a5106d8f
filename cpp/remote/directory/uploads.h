#pragma once

#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "remote/directory/publisher.h"
#include "remote/directory/root.h"
#include "remote/remote.h"

namespace cloudsync {

// Chunked uploads to a directory remote: one preallocated file that every part is written into at
// its place, and a record for people. Everything needed to go on lies there and in the receipts,
// so any process may. Owned by the remote; any thread.
//
// Parts are not fsynced one by one: a power cut may take some that were acknowledged. finish()
// reads everything back before it shows anything, and says which part has to be sent again.
class DirectoryUploads {
 public:
  struct Needs {
    DirectoryRoot& root;
    DirectoryPublisher& publisher;
    Scheduler& scheduler;
    Clock& clock;
    Random& random;
  };
  explicit DirectoryUploads(Needs needs) : needs_(needs) {}

  Result<UploadId> begin(const RelPath& path, const WriteRequest& request);
  Task<Result<PartReceipt>> writePart(UploadId upload, PartRequest part, ByteSource& source,
                                      CancelToken cancel);
  Task<Result<ObjectInfo>> finish(RelPath path, UploadId upload, std::vector<PartReceipt> parts,
                                  WriteRequest request, CancelToken cancel);
  Status abort(const UploadId& upload);

 private:
  struct Part {
    std::uint32_t number = 0;
    ByteRange range;
    Sha256 sha256;
  };

  static Result<std::vector<Part>> arrange(const std::vector<PartReceipt>& receipts,
                                           ByteCount size);
  Task<Status> verify(File& file, ByteCount size, Sha256 expected, std::vector<Part> parts,
                      CancelToken cancel);

  Needs needs_;
};

}  // namespace cloudsync
