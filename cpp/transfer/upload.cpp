#include "transfer/upload.h"

#include <memory>
#include <vector>

#include "transfer/chunk_plan.h"
#include "transfer/content_hash.h"
#include "transfer/file_source.h"
#include "transfer/parted_upload.h"

namespace cloudsync {

namespace {

// Up to here a file is read once, into memory: hashed, and sent from there.
constexpr ByteCount kInMemory = 1024 * 1024;
// From here on an upload goes in parts, so that an interruption costs a part, not the file.
constexpr ByteCount kInParts = 32 * 1024 * 1024;

bool needsParts(ByteCount size, const Features& features) {
  bool tooLarge = features.largestWrite > 0 && size > features.largestWrite;
  return tooLarge || (size >= kInParts && features.mostParts > 0);
}

// The agreed bytes are still what the remote holds, and what is here: nothing has to move.
bool isAgreed(const UploadRequest& request, const ContentHash& hash) {
  return request.base && request.base->facts.sha256 == hash.whole &&
         request.precondition.kind == Precondition::Kind::version &&
         request.precondition.version.text == request.base->remoteVersion;
}

void describeLocal(BaseRow& row, const ContentHash& hash) {
  row.facts.local = true;
  row.facts.fingerprint = hash.fingerprint;
  row.facts.lookedAt = hash.lookedAt;
  row.facts.mark = Mark::none;
}

UploadOutcome unchangedOutcome(UploadRequest request, const ContentHash& hash) {
  UploadOutcome outcome{UploadOutcome::Kind::unchanged, std::move(*request.base)};
  describeLocal(outcome.row, hash);
  return outcome;
}

UploadOutcome sentOutcome(UploadRequest request, const ContentHash& hash, const ObjectInfo& info) {
  UploadOutcome outcome;
  if (request.base) outcome.row = std::move(*request.base);
  outcome.row.key = request.key;
  outcome.row.remoteVersion = info.version.text;
  BaseFacts& facts = outcome.row.facts;
  facts.standing = Standing::synced;
  facts.origin = Origin::uploaded;
  facts.size = hash.fingerprint.size;
  facts.sha256 = hash.whole;
  facts.remoteModifyTime = info.modifyTime;
  describeLocal(outcome.row, hash);
  return outcome;
}

// Reads a small file into memory, once: what is hashed is what is sent.
Result<ContentHash> readSmall(const TransferPlace& place, File& file, const RelPath& path,
                              std::vector<std::uint8_t>& bytes) {
  ContentHash hash;
  hash.lookedAt = timeOfLook(place, file);
  Result<FileStat> stat = file.stat();
  if (!stat.ok()) return stat.error();
  if (stat->size > kInMemory) return changedWhileRead(path.text());
  hash.fingerprint = Fingerprint::of(*stat);
  hash.modifyTime = stat->modifyTime;
  bytes.resize(static_cast<std::size_t>(stat->size));
  FileSource source(file, stat->size, path.text());
  Status read = source.readAt(0, bytes);
  if (!read.ok()) return read.error();
  Status same = expectUnchanged(place.root, file, path, hash.fingerprint);
  if (!same.ok()) return same.error();
  hash.whole = sha256Of(bytes);
  return hash;
}

}  // namespace

Task<Result<UploadOutcome>> uploadFile(TransferPlace place, UploadRequest request,
                                       ByteProgress& progress, CancelToken cancel) {
  RelPath path = RelPath::trusted(request.key);
  Result<std::unique_ptr<File>> opened = place.root.open(path, OpenMode::read);
  if (!opened.ok()) {
    // Gone since the plan was made: the next look at the tree says what that means.
    if (opened.error().kind == ErrorKind::notFound) co_return changedWhileRead(request.key);
    co_return opened.error();
  }
  File& file = **opened;
  Result<FileStat> stat = file.stat();
  if (!stat.ok()) co_return stat.error();

  bool inParts = needsParts(stat->size, place.remote.features());
  bool inMemory = !inParts && stat->size <= kInMemory;
  std::optional<PartPlan> plan;
  if (inParts) {
    plan = planParts(stat->size, place.remote.features());
    if (!plan) {
      co_return Error{ErrorKind::limit, "the file is larger than this remote can hold", request.key,
                      0};
    }
  }

  std::vector<std::uint8_t> bytes;
  Result<ContentHash> hash = Error{};
  if (inMemory) {
    hash = readSmall(place, file, path, bytes);
  } else {
    hash = co_await hashContent(place, file, path, plan ? plan->partSize : 0, cancel);
  }
  if (!hash.ok()) co_return hash.error();
  if (isAgreed(request, *hash)) co_return unchangedOutcome(std::move(request), *hash);

  WriteRequest write;
  write.size = hash->fingerprint.size;
  write.sha256 = hash->whole;
  write.modifyTime = hash->modifyTime;
  write.nonce = place.random.token();
  write.precondition = request.precondition;

  Result<ObjectInfo> info = Error{};
  if (inParts) {
    PartedUpload upload{request.key, *plan, *hash, write};
    info = co_await uploadInParts(place, file, upload, progress, cancel);
  } else {
    // Such a remote has no sockets to spare, and wants many small writes at a time.
    bool together = inMemory && place.remote.features().smallWritesPerTransfer > 1;
    AsyncSemaphore::Permit permit(nullptr);
    if (!together) permit = co_await place.streams.acquire();
    FileSource fromFile(file, write.size, request.key);
    BufferSource fromMemory(bytes);
    ByteSource& source = inMemory ? static_cast<ByteSource&>(fromMemory) : fromFile;
    info = co_await place.remote.write(path, source, write, cancel);
    if (info.ok()) progress.moved(write.size);
  }
  if (!info.ok() && info.error().kind == ErrorKind::corrupt) {
    // The remote refused bytes that are not those that were hashed: whose doing was that?
    Status same = expectUnchanged(place.root, file, path, hash->fingerprint);
    if (!same.ok()) co_return same.error();
  }
  if (!info.ok()) co_return info.error();
  // The file may have changed while it went up. What was published is the content that was hashed;
  // the row names that state, so the next look sees the newer one.
  co_return sentOutcome(std::move(request), *hash, *info);
}

}  // namespace cloudsync
