#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "remote/remote.h"
#include "remote/s3/client.h"
#include "remote/s3/endpoint.h"

namespace cloudsync {

// In bytes, the prefix included.
inline constexpr std::size_t kLongestKey = 1024;

// Reads and writes whole objects of one prefix. Owned by the remote; any thread.
class S3Objects {
 public:
  S3Objects(S3Client& client, S3Endpoint& endpoint, std::string prefix)
      : client_(client), endpoint_(endpoint), prefix_(std::move(prefix)) {}

  std::string keyOf(const RelPath& path) const { return prefix_ + path.text(); }

  // What a HEAD tells: the object, and which state of it this is where ETags are equal.
  struct Look {
    ObjectInfo info;
    std::string versionId;  // "" where the bucket keeps no versions of it
    std::string storedAt;   // Last-Modified as it stands

    bool sameState(const Look& other) const {
      return info.version == other.info.version && info.nonce == other.info.nonce &&
             versionId == other.versionId && storedAt == other.storedAt;
    }
  };
  Task<Result<Look>> look(RelPath path, CancelToken cancel);
  // `notFound` from here may also mean that the bucket is gone: a HEAD does not say.
  Task<Result<ObjectInfo>> head(RelPath path, CancelToken cancel);
  // The same, sure of it: absence is believed only of a bucket that answers.
  Task<Result<ObjectInfo>> stat(RelPath path, CancelToken cancel);
  Task<Result<ObjectInfo>> read(RelPath path, ByteRange range, ObjectVersion expected,
                                ByteSink& sink, CancelToken cancel);
  Task<Result<ObjectInfo>> write(RelPath path, ByteSource& source, WriteRequest request,
                                 CancelToken cancel);

  // Does `precondition` hold now? For what the server itself does not keep.
  Task<Status> mustHold(RelPath path, Precondition precondition, CancelToken cancel);
  // `conflict` unless the object is still in the state that was `seen`.
  Task<Status> mustStillBe(RelPath path, Look seen, CancelToken cancel);
  // What became of a write whose answer was a failure, was lost, or is not to be believed: what
  // stands there now is its own (found by the nonce), or breaks its precondition (`conflict`); else
  // `failure`.
  Task<Result<ObjectInfo>> settle(RelPath path, WriteRequest request, Error failure,
                                  CancelToken cancel);

 private:
  Task<Result<HttpResponse>> put(RelPath path, ByteSource& source, const WriteRequest& request,
                                 S3Conditions conditions, CancelToken cancel);

  S3Client& client_;
  S3Endpoint& endpoint_;
  const std::string prefix_;
};

// For a request that writes `request`: see RepeatGuard. All given outlives it.
enum class Server { keepsCondition, ignoresCondition };
std::unique_ptr<RepeatGuard> guardWrite(S3Objects& objects, const RelPath& path,
                                        const WriteRequest& request, Server server);

// May the answer to a change have been lost, or come from our own earlier attempt?
bool mayBeOwnSuccess(ErrorKind kind);

}  // namespace cloudsync
