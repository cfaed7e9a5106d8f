#pragma once

#include "remote/s3/client.h"
#include "remote/s3/page_check.h"

namespace cloudsync {

// One page of ListObjectsV2: keys that begin with `prefix` and lie behind `after`. Pages are asked
// for by key, not by the server's token: any page can be asked for again, by anybody, and a range
// of keys is a page with another start. What the page shows is checked to be in order, inside the
// prefix and behind `after`: a server that answers otherwise is `remoteFault`, so that no listing
// that lies reads as a deletion.
Task<Result<S3Page>> listPage(S3Client& client, PageRequest page, CancelToken cancel);

}  // namespace cloudsync
