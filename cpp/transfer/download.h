#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/task.h"
#include "fs/file_system.h"
#include "store/rows.h"
#include "transfer/place.h"

namespace cloudsync {

// From this size on the progress of a download is a row, so that another process can go on.
inline constexpr ByteCount kResumableSize = 8 * 1024 * 1024;

// What is to come down.
struct DownloadRequest {
  std::string key;
  ObjectVersion version;
  ByteCount size = 0;
  std::optional<Sha256> sha256;  // when known beforehand
  Nanoseconds modifyTime = 0;    // of the remote content
  bool resumable = true;         // false: a look of the moment, whose part is nobody else's

  bool keepsProgress() const { return resumable && size >= kResumableSize; }
};

// Content in a private file: complete, verified, with its modification time, and on disk, unless
// it comes with the file.
struct FetchedContent {
  std::string partName;
  Sha256 sha256;
  Nanoseconds modifyTime = 0;
  std::unique_ptr<File> unsynced{};  // of a small one: a round of many is synced together
};

// Fetches into a private file in ranges, several at a time. A former attempt's partial file is gone
// on with when it is of the same version. The SHA-256 follows the contiguous front, and must be the
// remote's where that has one. `conflict`: the object is another one by now; `corrupt`: the bytes
// are not what the remote says they are. Stopping keeps what arrived.
Task<Result<FetchedContent>> fetchContent(TransferPlace place, DownloadRequest request,
                                          ByteProgress& progress, CancelToken cancel);

// The fetched content has its place, or will never have: drops the progress row, if there was one.
Status eraseProgress(const TransferPlace& place, const DownloadRequest& request);

// Removes what an interrupted fetch of `key` left.
Status forgetPartial(const TransferPlace& place, const std::string& key);

}  // namespace cloudsync
