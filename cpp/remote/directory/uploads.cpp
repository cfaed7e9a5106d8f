#include "remote/directory/uploads.h"

#include <optional>
#include <string>
#include <utility>

#include "remote/directory/copy.h"
#include "remote/directory/layout.h"
#include "remote/directory/staging.h"
#include "remote/part_receipts.h"

namespace cloudsync {

namespace {

Error unknownUpload(const UploadId& upload) {
  return Error{ErrorKind::notFound, "the remote knows no such upload; begin it anew", upload.value,
               0};
}

Error aboutUpload(Error error, const UploadId& upload) {
  return error.kind == ErrorKind::notFound ? unknownUpload(upload)
                                           : asRemoteError(std::move(error));
}

std::string recordOf(const RelPath& path, const WriteRequest& request) {
  return "path " + path.text() + "\nsize " + std::to_string(request.size) + "\nsha256 " +
         request.sha256.hex() + "\nnonce " + request.nonce + "\n";
}

Error wrongParts(std::string message) {
  return Error{ErrorKind::invalidArgument, std::move(message), "", 0};
}

Error stillWriting(const UploadId& upload) {
  return Error{ErrorKind::busy, "somebody is still writing a part of this upload", upload.value, 0};
}

}  // namespace

Result<UploadId> DirectoryUploads::begin(const RelPath& path, const WriteRequest& request) {
  Result<std::unique_ptr<Folder>> root = needs_.root.open();
  if (!root) return root.error();
  // Named after the request's nonce, so that an upload whose id never reached the caller is found
  // again by what the caller knows of it.
  UploadId id{request.nonce};
  if (!layout::uploadFolder(id)) id = UploadId{needs_.random.token()};
  Result<RelPath> folder = layout::uploadFolder(id);
  if (!folder) return folder.error();
  Result<std::unique_ptr<File>> data = createWithFolders(**root, layout::uploadData(*folder));
  if (!data) return notReady(data.error(), needs_.root.path());
  Status allocated = request.size > 0 ? (*data)->allocate(request.size) : Status();
  Status recorded = allocated;
  if (allocated) {
    Result<std::unique_ptr<File>> record =
        (*root)->open(layout::uploadRecord(*folder), OpenMode::createNew);
    std::string text = recordOf(path, request);
    recorded = record ? (*record)->writeAt(
                            0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()})
                      : Status(record.error());
  }
  if (recorded) return id;
  Status aborted = abort(id);
  (void)aborted;  // the first failure is the one to tell
  return asRemoteError(recorded.error());
}

Task<Result<PartReceipt>> DirectoryUploads::writePart(UploadId upload, PartRequest part,
                                                      ByteSource& source, CancelToken cancel) {
  const ByteRange range = part.range;
  if (part.number == 0) co_return wrongParts("parts are numbered from 1");
  if (range.end <= range.begin || range.end > source.size()) {
    co_return wrongParts("a part must be a range of its source, and not empty");
  }
  Result<RelPath> folder = layout::uploadFolder(upload);
  if (!folder) co_return folder.error();
  Result<std::unique_ptr<Folder>> root = needs_.root.open();
  if (!root) co_return root.error();
  Result<std::unique_ptr<File>> data =
      (*root)->open(layout::uploadData(*folder), OpenMode::readWrite);
  if (!data) co_return aboutUpload(data.error(), upload);
  Task<Result<Sha256>> copying = copyIn(needs_.scheduler, source, range, **data, cancel);
  Result<Sha256> sha256 = co_await copying;
  if (!sha256) co_return sha256.error();
  if (*sha256 != part.sha256) {
    co_return Error{ErrorKind::corrupt, "the part is not what was announced", "", 0};
  }
  (*data)->startWriteback(range);
  co_return PartReceipt{part.number, receiptTag(range, sha256->hex())};
}

Task<Result<ObjectInfo>> DirectoryUploads::finish(RelPath path, UploadId upload,
                                                  std::vector<PartReceipt> parts,
                                                  WriteRequest request, CancelToken cancel) {
  Result<RelPath> folder = layout::uploadFolder(upload);
  if (!folder) co_return folder.error();
  Result<std::vector<Part>> arranged = arrange(parts, request.size);
  if (!arranged) co_return arranged.error();
  Result<std::unique_ptr<Folder>> root = needs_.root.open();
  if (!root) co_return root.error();
  RelPath name = layout::uploadData(*folder);
  Result<std::unique_ptr<File>> opened = (*root)->open(name, OpenMode::read);
  if (!opened) co_return aboutUpload(opened.error(), upload);
  File& data = **opened;

  // A part that a slow writer still holds open could change the object after it was verified.
  Result<LeaseState> lease = data.takeReadLease();
  if (lease && *lease == LeaseState::openForWriting) co_return stillWriting(upload);
  bool leased = lease && *lease == LeaseState::held;
  Task<Status> verifying = verify(data, request.size, request.sha256, std::move(*arranged), cancel);
  Status verified = co_await verifying;
  if (!verified) co_return verified.error();
  Result<FileStat> sealed = sealContent(data, request, needs_.clock);
  if (!sealed) co_return asRemoteError(sealed.error());
  // By itself: the small files of a round need not wait for a large one.
  Status synced = data.sync();
  if (!synced) co_return asRemoteError(synced.error());
  if (leased) {
    Result<bool> broken = data.leaseBroken();
    if (!broken || *broken) co_return stillWriting(upload);
  }

  FileStat placed = *sealed;
  StagedObject staged{name, *sealed};
  auto change = [&data, &staged, &path, &request, &placed](DirectoryChanges& changes) {
    return changes.placeOpen(data, staged, path, request.precondition, placed);
  };
  Task<Status> publishing = needs_.publisher.publish(change, cancel);
  Status published = co_await publishing;
  if (!published) co_return published.error();
  Status tidied = abort(upload);
  (void)tidied;  // the record alone is left: harmless
  co_return ObjectInfo{EntryKind::file,   placed.size,    versionOf(placed),
                       placed.modifyTime, request.sha256, request.nonce};
}

Status DirectoryUploads::abort(const UploadId& upload) {
  Result<RelPath> folder = layout::uploadFolder(upload);
  if (!folder) return folder.error();
  Result<std::unique_ptr<Folder>> root = needs_.root.open();
  if (!root) return root.error();
  for (const RelPath& file : {layout::uploadData(*folder), layout::uploadRecord(*folder)}) {
    Status removed = (*root)->removeFile(file);
    if (!removed && removed.error().kind != ErrorKind::notFound) {
      return asRemoteError(removed.error());
    }
  }
  Status removed = (*root)->removeFolder(*folder);
  if (!removed && removed.error().kind != ErrorKind::notFound) {
    return asRemoteError(removed.error());
  }
  return {};
}

Result<std::vector<DirectoryUploads::Part>> DirectoryUploads::arrange(
    const std::vector<PartReceipt>& receipts, ByteCount size) {
  Result<std::vector<ReceivedPart>> received = arrangeParts(receipts, size);
  if (!received) return received.error();
  std::vector<Part> parts;
  for (const ReceivedPart& part : *received) {
    std::optional<Sha256> sha256 = Sha256::fromHexText(part.proof);
    if (!sha256) {
      return wrongParts("a receipt of part " + std::to_string(part.number) + " is not one of ours");
    }
    parts.push_back({part.number, part.range, *sha256});
  }
  return parts;
}

Task<Status> DirectoryUploads::verify(File& file, ByteCount size, Sha256 expected,
                                      std::vector<Part> parts, CancelToken cancel) {
  Result<FileStat> stat = file.stat();
  if (!stat) co_return asRemoteError(stat.error());
  if (stat->size != size) {
    co_return Error{ErrorKind::corrupt, "the upload has another size than announced", "", 0};
  }
  ByteRange whole{0, size};
  Task<Result<Sha256>> hashing = hashOf(needs_.scheduler, file, whole, cancel);
  Result<Sha256> sha256 = co_await hashing;
  if (!sha256) co_return sha256.error();
  if (*sha256 == expected) co_return Status();
  for (const Part& part : parts) {
    Task<Result<Sha256>> again = hashOf(needs_.scheduler, file, part.range, cancel);
    Result<Sha256> held = co_await again;
    if (!held) co_return held.error();
    if (*held == part.sha256) continue;
    co_return Error{ErrorKind::corrupt,
                    "the remote no longer holds part " + std::to_string(part.number) +
                        " as it was sent; send it again",
                    "", 0};
  }
  co_return Error{ErrorKind::corrupt, "the parts do not have the SHA-256 that was announced", "",
                  0};
}

}  // namespace cloudsync
