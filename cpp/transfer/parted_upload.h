#pragma once

#include <string>

#include "base/cancel.h"
#include "base/task.h"
#include "transfer/chunk_plan.h"
#include "transfer/content_hash.h"
#include "transfer/place.h"

namespace cloudsync {

// A large file on its way up.
struct PartedUpload {
  std::string key;
  PartPlan plan;
  ContentHash hash;  // with one hash per part
  WriteRequest write;
};

// Sends a file in parts. The intent is a row before the remote hears of it, every acknowledged part
// is a row: after a crash the next attempt sends the missing parts only, provided that the file
// still has the same hashes. What cannot be gone on with is aborted at the remote, never anything
// else. Stopping keeps the rows.
Task<Result<ObjectInfo>> uploadInParts(TransferPlace place, File& file, PartedUpload upload,
                                       ByteProgress& progress, CancelToken cancel);

// Gives up an unfinished upload: aborts it at the remote and drops its row.
Task<Status> abandonUpload(TransferPlace place, UploadRow row, CancelToken cancel);

}  // namespace cloudsync
