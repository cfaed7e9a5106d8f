#pragma once

#include <memory>

#include "remote/remote.h"
#include "remote/s3/client.h"
#include "remote/s3/objects.h"

namespace cloudsync {

// Everything below `below` as a stream in key order, a page a batch. A listing of the whole prefix
// must show the root's marker where there is one: a list without it is not the list of this place,
// whatever else it says. Client and objects outlive the stream.
std::unique_ptr<RemoteStream> listS3(S3Client& client, S3Objects& objects, RelPath below);

}  // namespace cloudsync
