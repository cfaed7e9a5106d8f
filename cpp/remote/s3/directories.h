#pragma once

#include <string>

#include "remote/remote.h"
#include "remote/s3/client.h"

namespace cloudsync {

// Directories where there are none: `d/` exists while a key lies below it, or an empty object of
// that name, a marker, does. `key` is the whole key, with its slash.
//
// Makes the marker, also of a directory that something makes now but may not for long. An existing
// one is no error, and is never written over.
Task<Status> makeMarker(S3Client& client, std::string key, CancelToken cancel);
// `notEmpty` while anything lies below it, or in it; `notFound` when nothing is there.
Task<Status> removeMarker(S3Client& client, std::string key, CancelToken cancel);

}  // namespace cloudsync
