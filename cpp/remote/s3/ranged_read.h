#pragma once

#include <string>

#include "remote/remote.h"
#include "remote/s3/client.h"

namespace cloudsync {

// Reads `range` of the object `key` while it is `expected`: one GET with a range and If-Match, and
// further ones for the rest when a connection breaks. `conflict` when it is another object by now,
// `invalidArgument` for a range outside of it. The range must not be empty.
Task<Result<ObjectInfo>> readRange(S3Client& client, std::string key, ByteRange range,
                                   ObjectVersion expected, ByteSink& sink, CancelToken cancel);

}  // namespace cloudsync
