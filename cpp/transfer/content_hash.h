#pragma once

#include <vector>

#include "base/cancel.h"
#include "base/sha256.h"
#include "base/task.h"
#include "store/rows.h"
#include "transfer/place.h"

namespace cloudsync {

// What one reading pass says of a local file at rest.
struct ContentHash {
  Fingerprint fingerprint;
  Nanoseconds modifyTime = 0;
  Nanoseconds lookedAt = 0;  // wall time before the first byte was read, or kNeverLookedAt
  Sha256 whole;
  std::vector<Sha256> parts;  // of each `partSize` bytes, when one was asked for
};

// For a fingerprint that is taken after this, and the bytes that are read after it.
Nanoseconds timeOfLook(const TransferPlace& place, File& file);

// Hashes `file`, which `path` names. `changed` when somebody wrote meanwhile.
Task<Result<ContentHash>> hashContent(TransferPlace place, File& file, RelPath path,
                                      ByteCount partSize, CancelToken cancel);

// Opens and hashes the file at `key`.
Task<Result<ContentHash>> hashLocalFile(TransferPlace place, std::string key, CancelToken cancel);

}  // namespace cloudsync
