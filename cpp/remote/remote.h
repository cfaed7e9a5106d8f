#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer_pool.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/entry_batch.h"
#include "base/ids.h"
#include "base/rel_path.h"
#include "base/result.h"
#include "base/sha256.h"
#include "base/task.h"

namespace cloudsync {

// An opaque validator: two equal ones of the same path mean the same content. An ETag on S3 and
// WebDAV, made from inode, size and times on a directory. Never an MD5, never compared by order.
struct ObjectVersion {
  std::string text;
  friend auto operator<=>(const ObjectVersion&, const ObjectVersion&) = default;
};

struct ObjectInfo {
  EntryKind kind = EntryKind::file;
  ByteCount size = 0;
  ObjectVersion version;
  Nanoseconds modifyTime = 0;
  std::optional<Sha256> sha256;  // where the remote has one that is bound to this version
  std::string nonce;  // the WriteRequest::nonce it was written with; "" for foreign objects
};

// An object that gets another name.
struct MoveRequest {
  ObjectVersion expected;          // of the object that moves
  std::optional<Sha256> sha256{};  // of its content, where it is known
};

// What a listing tells of an object. The views live in the batch.
struct RemoteFacts {
  ByteCount size = 0;
  std::string_view version;
  Nanoseconds modifyTime = 0;
};

using RemoteBatch = EntryBatch<RemoteFacts>;
using RemoteStream = EntryStream<RemoteFacts>;

// What must hold on the remote for a change to be made.
struct Precondition {
  enum class Kind { none, absent, version };
  Kind kind = Kind::none;
  ObjectVersion version;

  static Precondition absent() { return {Kind::absent, {}}; }
  static Precondition matches(ObjectVersion version) { return {Kind::version, std::move(version)}; }
};

// One content on its way to the remote. Everything is known before the first byte goes out.
struct WriteRequest {
  ByteCount size = 0;
  Sha256 sha256;
  Nanoseconds modifyTime = 0;
  std::string nonce;  // of this attempt: tells our own success from a conflict after a lost answer
  Precondition precondition;
};

// One part on its way: a range of the source, and what its bytes hash to.
struct PartRequest {
  std::uint32_t number = 0;  // from 1
  ByteRange range;
  Sha256 sha256;
};

// What the remote said to a part; opaque, kept as a row so that another process can finish.
struct PartReceipt {
  std::uint32_t number = 0;  // from 1
  std::string tag;
};

// One kept older content of a path.
struct VersionInfo {
  std::string id;  // digits only: the reference API demands it
  ByteCount size = 0;
  Nanoseconds modifyTime = 0;
  std::optional<Sha256> sha256;
};

// Something that was removed and can be brought back.
struct TrashedObject {
  std::string id;  // for restore()
  RelPath path;    // where it was
  ByteCount size = 0;
  Nanoseconds removedAt = 0;
};

struct TrashedPage {
  std::vector<TrashedObject> objects;
  std::string next;  // "" at the end
};

// Constant for a remote once it was checked; callers ask instead of trying.
struct Features {
  bool conditionalWrites = false;  // the precondition holds at the moment of the change
  bool versions = false;           // versions() and readVersion() work
  bool realDirectories = false;    // directories exist by themselves, not by a key below them
  bool versionPerWrite = false;    // equal content written twice is two versions
  bool listsModifyTime = false;    // RemoteFacts::modifyTime is what stat() says, not the upload's
  bool verifiesContent = false;    // refuses bytes that do not match WriteRequest::sha256
  bool needsUtf8 = false;          // keys that are no UTF-8 cannot be carried
  ByteCount smallestPart = 1;      // of a chunked upload, but for the last part
  ByteCount largestPart = 0;
  std::uint32_t mostParts = 0;
  std::uint32_t usualParts = 0;  // more only where parts would pass largestPart; 0: mostParts
  ByteCount largestWrite = 0;    // above it an upload must go in parts
  std::size_t longestPath = 0;   // in bytes, a directory's '/' included; 0: no limit
};

// PURE. Can a remote of these features have an entry of this key?
bool canCarry(const Features& features, std::string_view key);

// Bytes that can be read more than once: a local file, a buffer.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual ByteCount size() const = 0;
  // Fills `into` from `offset`; fewer bytes than asked for, before the end, is `changed`.
  virtual Status readAt(ByteCount offset, std::span<std::uint8_t> into) = 0;
};

// Where downloaded bytes go. `offset` counts from the start of the object; pieces of one read
// come in order. An error ends the read and is its result.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write(ByteCount offset, std::span<const std::uint8_t> bytes) = 0;
  // The same, of the first `size` bytes of a buffer that may be kept: then it is moved from.
  virtual Status take(ByteCount offset, Buffer& buffer, std::size_t size) {
    return write(offset, {buffer.data(), size});
  }
};

// A place where files live. Straight-line coroutines, called from any thread, many at once; no
// per-call state. Absence is `notFound`, a failed precondition `conflict`; neither is retried.
// A call returns within 100 ms of its token being cancelled. No method leaves a half-written
// object visible. Paths under `.cloudsync/` may be read and written, but are never listed.
// The contract suite (test/native/remote/remote_contract_test.cpp) says the rest.
class Remote {
 public:
  virtual ~Remote() = default;

  virtual const Features& features() const = 0;
  // Is it there, and may we use it? `network`, or `remoteNotReady` with what to do about it.
  virtual Task<Status> check(CancelToken cancel) = 0;

  // Everything below `prefix`, in EntryKey order.
  virtual std::unique_ptr<RemoteStream> list(RelPath prefix) = 0;
  virtual Task<Result<ObjectInfo>> stat(RelPath path, CancelToken cancel) = 0;

  // Bytes [range) of `expected`, or `conflict` when the object is another one by now. Tells what
  // the same answer said of the object, so that a download needs no request before it.
  virtual Task<Result<ObjectInfo>> read(RelPath path, ByteRange range, ObjectVersion expected,
                                        ByteSink& sink, CancelToken cancel) = 0;

  // The whole object in one request. Durable when it answers.
  virtual Task<Result<ObjectInfo>> write(RelPath path, ByteSource& source, WriteRequest request,
                                         CancelToken cancel) = 0;

  // The same in parts, resumable by anybody who knows the id and the receipts. Only finishUpload
  // makes anything visible, and only what its parts were announced to be.
  virtual Task<Result<UploadId>> beginUpload(RelPath path, WriteRequest request,
                                             CancelToken cancel) = 0;
  // Sending a part again replaces it. `corrupt` when the bytes do not have the part's SHA-256.
  virtual Task<Result<PartReceipt>> uploadPart(RelPath path, UploadId upload, PartRequest part,
                                               ByteSource& source, CancelToken cancel) = 0;
  // Receipts of those `parts` that the upload has already: their answer may have been lost with the
  // process that waited for it. What the remote cannot tell is left out. `notFound` when the upload
  // is gone.
  virtual Task<Result<std::vector<PartReceipt>>> receivedParts(RelPath path, UploadId upload,
                                                               std::vector<PartRequest> parts,
                                                               CancelToken cancel);
  virtual Task<Result<ObjectInfo>> finishUpload(RelPath path, UploadId upload,
                                                std::vector<PartReceipt> parts,
                                                WriteRequest request, CancelToken cancel) = 0;
  virtual Task<Status> abortUpload(RelPath path, UploadId upload, CancelToken cancel) = 0;

  // Takes the object out of sight, recoverably: into the remote's trash or behind a delete marker.
  virtual Task<Status> remove(RelPath path, Precondition precondition, CancelToken cancel) = 0;

  // Gives the object another name, with what stands beside its content; nobody sends any. Its
  // parents are made. `conflict` when it is not `expected` (any more), or the new name is taken;
  // `notFound` when it is gone. Cut off half way, it may be found under both names.
  virtual Task<Result<ObjectInfo>> move(RelPath from, RelPath to, MoveRequest request,
                                        CancelToken cancel) = 0;

  // Directories: an existing one is no error, one that holds anything is `notEmpty`.
  virtual Task<Status> makeDirectory(RelPath path, CancelToken cancel) = 0;
  virtual Task<Status> removeDirectory(RelPath path, CancelToken cancel) = 0;

  // Older contents, newest first. `notSupported` unless features().versions.
  virtual Task<Result<std::vector<VersionInfo>>> versions(RelPath path, CancelToken cancel);

  // What was removed and can be brought back, page by page: `after` is "", or a page's `next`.
  virtual Task<Result<TrashedPage>> trashed(std::string after, CancelToken cancel);
  // Brings back to `path` what `id` names: an object of trashed(), which leaves the trash, or an
  // older content of versions(). What it replaces becomes a version. Nobody sends any content.
  virtual Task<Result<ObjectInfo>> restore(RelPath path, std::string id, Precondition precondition,
                                           CancelToken cancel);

  // Lets go, for good, what was removed or replaced before `olderThan`; a bounded part of it, the
  // rest with the next call. Does nothing where the store has rules of its own for that.
  virtual Task<Status> purge(Nanoseconds olderThan, CancelToken cancel);
};

}  // namespace cloudsync
