#pragma once

#include <vector>

#include "remote/remote.h"
#include "remote/s3/client.h"
#include "remote/s3/endpoint.h"
#include "remote/s3/objects.h"

namespace cloudsync {

// Multipart uploads. What a part's bytes hash to is signed with the request, so the server refuses
// others; the whole is what its parts were announced to be. Owned by the remote; any thread.
//
// An upload whose Create was answered into a crash, or twice, stays at the server: nothing in it
// says whose it is, and what may be another program's is never aborted. A lifecycle rule of the
// bucket takes such away.
class S3Uploads {
 public:
  S3Uploads(S3Client& client, S3Endpoint& endpoint, S3Objects& objects)
      : client_(client), endpoint_(endpoint), objects_(objects) {}

  Task<Result<UploadId>> begin(RelPath path, WriteRequest request, CancelToken cancel);
  Task<Result<PartReceipt>> sendPart(RelPath path, UploadId upload, PartRequest part,
                                     ByteSource& source, CancelToken cancel);
  Task<Result<std::vector<PartReceipt>>> received(RelPath path, UploadId upload,
                                                  std::vector<PartRequest> parts,
                                                  CancelToken cancel);
  Task<Result<ObjectInfo>> finish(RelPath path, UploadId upload, std::vector<PartReceipt> parts,
                                  WriteRequest request, CancelToken cancel);
  Task<Status> abort(RelPath path, UploadId upload, CancelToken cancel);

 private:
  S3Client& client_;
  S3Endpoint& endpoint_;
  S3Objects& objects_;
};

}  // namespace cloudsync
