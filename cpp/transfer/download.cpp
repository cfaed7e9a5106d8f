#include "transfer/download.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/task_group.h"
#include "transfer/chunk_plan.h"
#include "transfer/front_hasher.h"
#include "transfer/steady_progress.h"

namespace cloudsync {

namespace {

// What one request asks for. Much, so that a long line is not idle between two of them; little
// where the hash is what is waited for: what arrives is then hashed while it is in the processor's
// cache (docs/performance.md).
constexpr ByteCount kLargestRequest = 8 * 1024 * 1024;
constexpr ByteCount kSmallestRequest = 2 * 1024 * 1024;
constexpr std::size_t kStreamsPerFile = 4;
// The final fsync of a smaller file is short anyway.
constexpr ByteCount kWorthAnEarlyStart = 1024 * 1024;
// Nobody reads so much again from memory soon, and what copying it there costs is more than all
// else but the hash (docs/performance.md).
constexpr ByteCount kPastTheCache = 64 * 1024 * 1024;
// No further range begins while the hash is so far behind: what has arrived waits for it in memory.
constexpr ByteCount kMostBehind = 4 * 1024 * 1024;
constexpr Duration kLookAgain = std::chrono::milliseconds(2);

// One download: its private file, what is in it, and the first failure of its streams.
struct Fetch {
  const DownloadRequest& request;
  std::string partName;
  std::unique_ptr<File> file;
  std::unique_ptr<FrontHasher> hasher;
  std::mutex mutex;
  std::vector<ByteRange> have;     // guarded by mutex
  std::optional<Error> failure;    // guarded by mutex
  std::optional<ObjectInfo> info;  // guarded by mutex: what the first answer said
  bool wrongBytes = false;         // once the streams have ended: all arrived, and are not those

  explicit Fetch(const DownloadRequest& of) : request(of) {}

  void fail(Error error) {
    std::lock_guard lock(mutex);
    if (!failure) failure = std::move(error);
  }
  bool failed() {
    std::lock_guard lock(mutex);
    return failure.has_value();
  }
};

// A listing that tells another size than the object has would make us take a part for the whole.
Error otherSize(const std::string& key) {
  return Error{ErrorKind::conflict, "the object has another size than the cloud's list says", key,
               0};
}

// Puts what arrives into the private file and under the hash.
class PartSink final : public ByteSink {
 public:
  PartSink(Fetch& fetch, ByteProgress& progress) : fetch_(fetch), progress_(progress) {}

  Status write(ByteCount offset, std::span<const std::uint8_t> bytes) override {
    Status kept = keep(offset, bytes);
    return kept.ok() ? fetch_.hasher->written(offset, bytes) : kept;
  }
  Status take(ByteCount offset, Buffer& buffer, std::size_t size) override {
    Status kept = keep(offset, {buffer.data(), size});
    return kept.ok() ? fetch_.hasher->written(offset, buffer, size) : kept;
  }
  ByteCount received() const { return received_; }

 private:
  Status keep(ByteCount offset, std::span<const std::uint8_t> bytes) {
    if (offset + bytes.size() > fetch_.request.size) {
      return Error{ErrorKind::corrupt, "the remote sent more than it said", fetch_.request.key, 0};
    }
    Status written = fetch_.file->writeAt(offset, bytes);
    if (!written.ok()) return written;
    received_ += bytes.size();
    progress_.moved(bytes.size());
    return Status();
  }

  Fetch& fetch_;
  ByteProgress& progress_;
  ByteCount received_ = 0;
};

Status saveProgress(const TransferPlace& place, Fetch& fetch, ByteRange done) {
  std::lock_guard lock(fetch.mutex);
  fetch.have = addRange(std::move(fetch.have), done);
  if (!fetch.request.keepsProgress()) return Status();
  // The ranges are a claim: after a power cut some of it may not be on disk. The hash of the whole
  // tells; a foreign object without one has no such net, so its bytes go to disk first.
  bool checked = fetch.request.sha256 || (fetch.info && fetch.info->sha256);
  if (!checked) {
    Status synced = fetch.file->sync();
    if (!synced.ok()) return synced;
  }
  DownloadRow row{fetch.request.key, fetch.request.version.text, fetch.request.size, fetch.partName,
                  fetch.have};
  return place.store.saveDownload(place.space, row);
}

Task<void> fetchRange(TransferPlace place, Fetch& fetch, ByteRange range, ByteProgress& progress,
                      [[maybe_unused]] AsyncSemaphore::Permit slot, CancelToken cancel) {
  AsyncSemaphore::Permit permit = co_await place.streams.acquire();
  if (cancel.cancelled() || fetch.failed()) co_return;
  PartSink sink(fetch, progress);
  RelPath path = RelPath::trusted(fetch.request.key);
  Result<ObjectInfo> info =
      co_await place.remote.read(path, range, fetch.request.version, sink, cancel);
  if (!info.ok()) {
    fetch.fail(info.error());
    co_return;
  }
  if (sink.received() != range.size()) {
    fetch.fail(
        Error{ErrorKind::remoteFault, "the remote sent less than it said", fetch.request.key, 0});
    co_return;
  }
  if (info->size != fetch.request.size) {
    fetch.fail(otherSize(fetch.request.key));
    co_return;
  }
  {
    std::lock_guard lock(fetch.mutex);
    if (!fetch.info) fetch.info = *info;
  }
  // One call for each range: one for each piece cost more than the writing.
  if (fetch.request.size >= kWorthAnEarlyStart) fetch.file->startWriteback(range);
  Status saved = saveProgress(place, fetch, range);
  if (!saved.ok()) fetch.fail(saved.error());
}

// A power cut may have taken the end of a file whose row stayed.
bool holds(File& file, const std::vector<ByteRange>& have) {
  Result<FileStat> stat = file.stat();
  return stat.ok() && (have.empty() || have.back().end <= stat->size);
}

// Goes on with the partial file of a former attempt, if it is of this version.
Result<bool> takeUpPart(const TransferPlace& place, Fetch& fetch) {
  if (!fetch.request.keepsProgress()) return false;
  Result<std::optional<DownloadRow>> row = place.store.download(place.space, fetch.request.key);
  if (!row.ok()) return row.error();
  if (!*row) return false;
  bool same =
      (*row)->remoteVersion == fetch.request.version.text && (*row)->size == fetch.request.size;
  if (same) {
    Result<std::unique_ptr<File>> file = place.content.openPart((*row)->partName);
    if (file.ok() && holds(**file, (*row)->have)) {
      fetch.partName = (*row)->partName;
      fetch.file = std::move(*file);
      fetch.have = (*row)->have;
      return true;
    }
  }
  Status forgotten = forgetPartial(place, fetch.request.key);
  if (!forgotten.ok()) return forgotten.error();
  return false;
}

Status openPart(const TransferPlace& place, Fetch& fetch) {
  Result<bool> takenUp = takeUpPart(place, fetch);
  if (!takenUp.ok()) return takenUp.error();
  if (!*takenUp) {
    Result<ContentStore::Part> part = place.content.createPart(fetch.request.size);
    if (!part.ok()) return part.error();
    fetch.partName = std::move(part->name);
    fetch.file = std::move(part->file);
  }
  if (fetch.request.size >= kPastTheCache) fetch.file->bypassCache();
  fetch.hasher = std::make_unique<FrontHasher>(*fetch.file, fetch.request.key);
  for (const ByteRange& range : fetch.have) {
    Status found = fetch.hasher->found(range);
    if (!found.ok()) return found;
  }
  return Status();
}

Task<void> fetchMissing(TransferPlace place, Fetch& fetch, ByteProgress& progress,
                        CancelToken cancel) {
  for (const ByteRange& range : fetch.have) progress.moved(range.size());
  // Whole gaps: what one request takes of them is decided when its turn comes.
  const ByteCount whole = std::max(fetch.request.size, kLargestRequest);
  std::vector<ByteRange> gaps = planChunks(fetch.request.size, fetch.have, whole);
  AsyncSemaphore slots(place.scheduler, kStreamsPerFile);
  if (gaps.size() == 1 && gaps.front().size() <= kLargestRequest) {
    // Most files: a task of its own would cost two hops between threads.
    AsyncSemaphore::Permit slot = co_await slots.acquire();
    co_await fetchRange(place, fetch, gaps.front(), progress, std::move(slot), cancel);
    co_return;
  }
  TaskGroup group(place.scheduler);
  ByteCount request = kLargestRequest;
  for (std::size_t at = 0; at < gaps.size();) {
    AsyncSemaphore::Permit slot = co_await slots.acquire();
    request = std::min(request + kSmallestRequest, kLargestRequest);
    while (fetch.hasher->behind() > kMostBehind && !fetch.failed()) {
      request = kSmallestRequest;
      bool slept = co_await place.scheduler.sleep(kLookAgain, cancel);
      if (!slept) break;
    }
    if (cancel.cancelled() || fetch.failed()) break;
    ByteRange& gap = gaps[at];
    ByteRange range{gap.begin, std::min(gap.end, gap.begin + request)};
    gap.begin = range.end;
    if (gap.size() == 0) ++at;
    group.add(fetchRange(place, fetch, range, progress, std::move(slot), cancel));
  }
  co_await group.join();
}

// Where no byte had to move (the content is empty, or all of it was here), nothing has told what
// the remote keeps beside it.
Task<Status> describe(TransferPlace place, Fetch& fetch, ByteProgress& progress,
                      CancelToken cancel) {
  PartSink nothing(fetch, progress);
  RelPath path = RelPath::trusted(fetch.request.key);
  Result<ObjectInfo> info =
      co_await place.remote.read(path, {0, 0}, fetch.request.version, nothing, cancel);
  if (!info.ok()) co_return info.error();
  if (info->size != fetch.request.size) co_return otherSize(fetch.request.key);
  fetch.info = *info;
  co_return Status();
}

// What the remote keeps beside the content is more than a listing tells: S3 lists upload times.
Nanoseconds modifyTimeOf(const Fetch& fetch) {
  return fetch.info ? fetch.info->modifyTime : fetch.request.modifyTime;
}

// Everything arrived: is it what the remote says, and is it on disk?
Result<FetchedContent> sealPart(const TransferPlace& place, Fetch& fetch) {
  Result<Sha256> hash = fetch.hasher->finish(fetch.request.size);
  if (!hash.ok()) return hash.error();
  std::optional<Sha256> expected = fetch.request.sha256;
  if (!expected && fetch.info) expected = fetch.info->sha256;
  if (expected && *expected != *hash) {
    fetch.wrongBytes = true;
    return Error{ErrorKind::corrupt, "the bytes that arrived do not have the remote's SHA-256",
                 fetch.request.key, 0};
  }
  // A partial file that was longer must not show more than the content.
  Status cut = fetch.request.keepsProgress() ? fetch.file->truncate(fetch.request.size) : Status();
  if (!cut.ok()) return cut.error();
  Status timed = fetch.file->setTimes(modifyTimeOf(fetch), modifyTimeOf(fetch));
  if (!timed.ok()) return timed.error();
  FetchedContent content{fetch.partName, *hash, modifyTimeOf(fetch), nullptr};
  if (fetch.request.size < kWorthAnEarlyStart && place.root.syncsAllAtOnce()) {
    content.unsynced = std::move(fetch.file);
    return content;
  }
  Status synced = fetch.file->sync();
  if (!synced.ok()) return synced.error();
  return content;
}

// May the partial file be gone on with after this error?
bool keepsPartial(const Error& error, const DownloadRequest& request) {
  if (!request.keepsProgress()) return false;
  return error.kind != ErrorKind::corrupt && error.kind != ErrorKind::conflict &&
         error.kind != ErrorKind::noSpace;
}

struct Attempt {
  Result<FetchedContent> content;
  bool wrongBytes = false;  // another attempt may get the right ones
};

Task<Attempt> attempt(TransferPlace place, const DownloadRequest& request, ByteProgress& progress,
                      CancelToken cancel) {
  Fetch fetch(request);
  Result<FetchedContent> content = Error{ErrorKind::cancelled, "stopped", request.key, 0};
  Status opened = openPart(place, fetch);
  if (opened.ok()) {
    co_await fetchMissing(place, fetch, progress, cancel);
    if (!fetch.info && !fetch.failure && !cancel.cancelled()) {
      Status described = co_await describe(place, fetch, progress, cancel);
      if (!described.ok()) fetch.fail(described.error());
    }
    if (fetch.failure) {
      content = *fetch.failure;
    } else if (!cancel.cancelled()) {
      content = sealPart(place, fetch);
    }
  } else {
    content = opened.error();
  }
  if (!content.ok() && !fetch.partName.empty() && !keepsPartial(content.error(), request)) {
    fetch.file.reset();
    // What cannot be removed now is removed at the next start; the first error says more.
    (void)place.content.removePart(fetch.partName).ok();
    (void)eraseProgress(place, request).ok();
  }
  co_return Attempt{std::move(content), fetch.wrongBytes};
}

}  // namespace

Status eraseProgress(const TransferPlace& place, const DownloadRequest& request) {
  if (!request.keepsProgress()) return Status();
  return place.store.eraseDownload(place.space, request.key);
}

Task<Result<FetchedContent>> fetchContent(TransferPlace place, DownloadRequest request,
                                          ByteProgress& progress, CancelToken cancel) {
  SteadyProgress steady(progress, request.size);
  Attempt made = co_await attempt(place, request, steady, cancel);
  // They may have come from the line, or a resumed file may have lost some in a power cut: once
  // more, from zero. What is wrong at the remote itself is wrong again.
  if (made.wrongBytes && !cancel.cancelled()) {
    steady.startOver();
    made = co_await attempt(place, request, steady, cancel);
  }
  co_return std::move(made.content);
}

Status forgetPartial(const TransferPlace& place, const std::string& key) {
  Result<std::optional<DownloadRow>> row = place.store.download(place.space, key);
  if (!row.ok()) return row.error();
  if (!*row) return Status();
  Status removed = place.content.removePart((*row)->partName);
  if (!removed.ok() && removed.error().kind != ErrorKind::notFound) return removed;
  return place.store.eraseDownload(place.space, key);
}

}  // namespace cloudsync
