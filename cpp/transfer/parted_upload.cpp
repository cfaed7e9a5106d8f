#include "transfer/parted_upload.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "base/async_semaphore.h"
#include "base/task_group.h"
#include "transfer/file_source.h"
#include "transfer/steady_progress.h"

namespace cloudsync {

namespace {

constexpr std::size_t kPartsAtOnce = 4;

// What the tasks of one upload share. The first failure stops the others.
struct PartsInFlight {
  std::mutex mutex;
  std::vector<PartReceipt> receipts;  // guarded by mutex
  std::optional<Error> failure;       // guarded by mutex

  void fail(Error error) {
    std::lock_guard lock(mutex);
    if (!failure) failure = std::move(error);
  }
  bool failed() {
    std::lock_guard lock(mutex);
    return failure.has_value();
  }
};

PartRequest partOf(const PartedUpload& upload, std::uint32_t number) {
  return {number, upload.plan.range(number, upload.write.size), upload.hash.parts[number - 1]};
}

Task<void> sendPart(TransferPlace place, File& file, const PartedUpload& upload, UploadId id,
                    std::uint32_t number, PartsInFlight& shared, ByteProgress& progress,
                    [[maybe_unused]] AsyncSemaphore::Permit slot, CancelToken cancel) {
  AsyncSemaphore::Permit permit = co_await place.streams.acquire();
  if (cancel.cancelled() || shared.failed()) co_return;
  FileSource source(file, upload.write.size, upload.key);
  PartRequest request = partOf(upload, number);
  RelPath path = RelPath::trusted(upload.key);
  Result<PartReceipt> receipt = co_await place.remote.uploadPart(path, id, request, source, cancel);
  if (!receipt.ok()) {
    shared.fail(receipt.error());
    co_return;
  }
  UploadRow::Part part{number, receipt->tag, request.sha256};
  Status saved = place.store.addUploadPart(place.space, upload.key, part);
  if (!saved.ok()) {
    shared.fail(saved.error());
    co_return;
  }
  progress.moved(request.range.size());
  std::lock_guard lock(shared.mutex);
  shared.receipts.push_back(std::move(*receipt));
}

// The parts a former attempt sent that are parts of this content, too.
std::vector<PartReceipt> usableParts(const UploadRow& row, const PartedUpload& upload) {
  std::vector<PartReceipt> usable;
  for (const UploadRow::Part& part : row.parts) {
    if (part.number >= 1 && part.number <= upload.hash.parts.size() &&
        upload.hash.parts[part.number - 1] == part.sha256) {
      usable.push_back({part.number, part.tag});
    }
  }
  return usable;
}

bool continues(const UploadRow& row, const PartedUpload& upload) {
  return !row.uploadId.empty() && row.sha256 == upload.hash.whole &&
         row.partSize == upload.plan.partSize;
}

Task<Result<UploadRow>> beginUpload(TransferPlace place, const PartedUpload& upload,
                                    CancelToken cancel) {
  UploadRow row;
  row.key = upload.key;
  row.nonce = upload.write.nonce;
  row.fingerprint = upload.hash.fingerprint;
  row.sha256 = upload.hash.whole;
  row.partSize = upload.plan.partSize;
  Status intent = place.store.saveUpload(place.space, row);
  if (!intent.ok()) co_return intent.error();
  RelPath path = RelPath::trusted(upload.key);
  Result<UploadId> id = co_await place.remote.beginUpload(path, upload.write, cancel);
  if (!id.ok()) co_return id.error();
  row.uploadId = id->value;
  Status saved = place.store.saveUpload(place.space, row);
  if (!saved.ok()) co_return saved.error();
  co_return row;
}

// The remote does not know the upload any more.
bool isLost(ErrorKind kind) { return kind == ErrorKind::notFound; }

// The row of a former attempt, with the parts too whose answer that attempt did not hear.
Task<Result<UploadRow>> withUnheardParts(TransferPlace place, const PartedUpload& upload,
                                         UploadRow row, CancelToken cancel) {
  std::vector<bool> heard(upload.plan.count + 1, false);
  for (const PartReceipt& receipt : usableParts(row, upload)) heard[receipt.number] = true;
  std::vector<PartRequest> unheard;
  for (std::uint32_t number = 1; number <= upload.plan.count; ++number) {
    if (!heard[number]) unheard.push_back(partOf(upload, number));
  }
  if (unheard.empty()) co_return row;
  RelPath path = RelPath::trusted(upload.key);
  UploadId id{row.uploadId};
  Result<std::vector<PartReceipt>> received =
      co_await place.remote.receivedParts(path, id, std::move(unheard), cancel);
  if (!received.ok()) co_return received.error();
  for (const PartReceipt& receipt : *received) {
    UploadRow::Part part{receipt.number, receipt.tag, upload.hash.parts[receipt.number - 1]};
    Status saved = place.store.addUploadPart(place.space, upload.key, part);
    if (!saved.ok()) co_return saved.error();
    row.parts.push_back(std::move(part));
  }
  co_return row;
}

// The row to go on with, or a new one.
Task<Result<UploadRow>> takeUpUpload(TransferPlace place, const PartedUpload& upload,
                                     CancelToken cancel) {
  Result<std::optional<UploadRow>> found = place.store.upload(place.space, upload.key);
  if (!found.ok()) co_return found.error();
  if (*found) {
    UploadRow row = std::move(**found);
    if (continues(row, upload)) {
      Result<UploadRow> taken = co_await withUnheardParts(place, upload, row, cancel);
      if (taken.ok() || !isLost(taken.error().kind)) co_return taken;
    }
    Status abandoned = co_await abandonUpload(place, std::move(row), cancel);
    if (!abandoned.ok()) co_return abandoned.error();
  }
  Result<UploadRow> begun = co_await beginUpload(place, upload, cancel);
  co_return begun;
}

Task<void> sendMissingParts(TransferPlace place, File& file, const PartedUpload& upload,
                            UploadId id, PartsInFlight& shared, ByteProgress& progress,
                            CancelToken cancel) {
  std::vector<bool> have(upload.plan.count + 1, false);
  for (const PartReceipt& receipt : shared.receipts) {
    have[receipt.number] = true;
    progress.moved(upload.plan.range(receipt.number, upload.write.size).size());
  }
  AsyncSemaphore slots(place.scheduler, kPartsAtOnce);
  TaskGroup group(place.scheduler);
  for (std::uint32_t number = 1; number <= upload.plan.count; ++number) {
    if (have[number]) continue;
    AsyncSemaphore::Permit slot = co_await slots.acquire();
    if (cancel.cancelled() || shared.failed()) break;
    group.add(sendPart(place, file, upload, id, number, shared, progress, std::move(slot), cancel));
  }
  co_await group.join();
}

// Errors after which the parts at the remote are of no use to anybody.
bool isFinal(ErrorKind kind) {
  return kind == ErrorKind::corrupt || kind == ErrorKind::conflict || isLost(kind);
}

Task<Result<ObjectInfo>> attempt(TransferPlace place, File& file, const PartedUpload& upload,
                                 ByteProgress& progress, CancelToken cancel) {
  Result<UploadRow> row = co_await takeUpUpload(place, upload, cancel);
  if (!row.ok()) co_return row.error();
  UploadId id{row->uploadId};
  PartsInFlight shared;
  shared.receipts = usableParts(*row, upload);
  co_await sendMissingParts(place, file, upload, id, shared, progress, cancel);

  Result<ObjectInfo> info = Error{ErrorKind::cancelled, "the upload was stopped", upload.key, 0};
  if (shared.failure) {
    info = *shared.failure;
  } else if (!cancel.cancelled()) {
    std::sort(shared.receipts.begin(), shared.receipts.end(),
              [](const PartReceipt& a, const PartReceipt& b) { return a.number < b.number; });
    WriteRequest write = upload.write;
    write.nonce = row->nonce;
    RelPath path = RelPath::trusted(upload.key);
    info = co_await place.remote.finishUpload(path, id, shared.receipts, write, cancel);
  }
  if (info.ok()) {
    Status erased = place.store.eraseUpload(place.space, upload.key);
    if (!erased.ok()) co_return erased.error();
  } else if (isFinal(info.error().kind)) {
    Status abandoned = co_await abandonUpload(place, *row, cancel);
    if (!abandoned.ok()) co_return abandoned.error();
  }
  co_return info;
}

}  // namespace

Task<Result<ObjectInfo>> uploadInParts(TransferPlace place, File& file, PartedUpload upload,
                                       ByteProgress& progress, CancelToken cancel) {
  SteadyProgress steady(progress, upload.write.size);
  Result<ObjectInfo> info = co_await attempt(place, file, upload, steady, cancel);
  // The remote has forgotten the upload that a row spoke of: once more, from the start.
  if (!info.ok() && isLost(info.error().kind) && !cancel.cancelled()) {
    steady.startOver();
    info = co_await attempt(place, file, upload, steady, cancel);
  }
  co_return info;
}

Task<Status> abandonUpload(TransferPlace place, UploadRow row, CancelToken cancel) {
  // No id: the crash came between our intent and the remote's answer. The remote names uploads
  // after the nonce of their request where it can, so that even such a one is found.
  UploadId id{row.uploadId.empty() ? row.nonce : row.uploadId};
  RelPath path = RelPath::trusted(row.key);
  // It may have been finished, and the answer lost: some servers that are told to abort such an
  // upload take the object's content with it.
  Result<ObjectInfo> info = co_await place.remote.stat(path, cancel);
  if (info.ok() && info->nonce == row.nonce)
    co_return place.store.eraseUpload(place.space, row.key);
  if (!info.ok() && info.error().kind != ErrorKind::notFound) co_return info.error();
  Status aborted = co_await place.remote.abortUpload(path, id, cancel);
  if (!aborted.ok() && aborted.error().kind != ErrorKind::notFound) co_return aborted;
  co_return place.store.eraseUpload(place.space, row.key);
}

}  // namespace cloudsync
