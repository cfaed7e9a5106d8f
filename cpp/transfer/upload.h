#pragma once

#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/task.h"
#include "store/rows.h"
#include "transfer/place.h"

namespace cloudsync {

// What is to go up, and what must stand there for it.
struct UploadRequest {
  std::string key;
  std::string source{};  // path of the file to send, where it is not the one at `key`
  Precondition precondition;
  std::optional<BaseRow> base;  // the agreement so far: equal bytes need no transfer
};

struct UploadOutcome {
  enum class Kind {
    sent,
    unchanged,  // the bytes are the agreed ones: only the fingerprint was out of date
  };
  Kind kind = Kind::sent;
  BaseRow row;  // to be committed by the caller
};

// Sends the file at `key` (or `source`) as it is now. One pass hashes it, another sends it, and
// both must have seen the same file; the remote is told the hash and refuses other bytes. Large
// files go in parts that another process can go on with (UploadRow). `changed`: somebody writes,
// try when it is at rest. `conflict`: the precondition does not hold, nothing was replaced.
Task<Result<UploadOutcome>> uploadFile(TransferPlace place, UploadRequest request,
                                       ByteProgress& progress, CancelToken cancel);

}  // namespace cloudsync
