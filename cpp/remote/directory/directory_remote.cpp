#include "remote/directory/directory_remote.h"

#include <limits>
#include <utility>

#include "remote/directory/copy.h"
#include "remote/directory/layout.h"
#include "remote/directory/listing.h"
#include "remote/directory/object_state.h"
#include "remote/directory/publisher.h"
#include "remote/directory/purge.h"
#include "remote/directory/restore.h"
#include "remote/directory/root.h"
#include "remote/directory/staging.h"
#include "remote/directory/uploads.h"

namespace cloudsync {

namespace {

constexpr ByteCount kMiB = 1u << 20;

Features directoryFeatures() {
  Features features;
  features.conditionalWrites = true;
  features.versions = true;
  features.realDirectories = true;
  features.versionPerWrite = true;
  features.listsModifyTime = true;
  features.verifiesContent = true;
  features.needsUtf8 = false;
  // A part is a range of one file: any size does. The largest bounds what an interruption costs.
  features.smallestPart = 1;
  features.largestPart = 64 * kMiB;
  features.mostParts = 1'000'000;
  // A single write cannot be resumed; what would hurt to send again goes in parts.
  features.largestWrite = 64 * kMiB;
  return features;
}

EntryKind kindOf(FileType type) {
  switch (type) {
    case FileType::file:
      return EntryKind::file;
    case FileType::directory:
      return EntryKind::directory;
    case FileType::symlink:
      return EntryKind::symlink;
    case FileType::other:
      return EntryKind::special;
  }
  return EntryKind::special;
}

ObjectInfo infoOf(const FileStat& stat) {
  ObjectInfo info;
  info.kind = kindOf(stat.type);
  info.size = stat.type == FileType::file ? stat.size : 0;
  info.version = versionOf(stat);
  info.modifyTime = stat.modifyTime;
  return info;
}

std::optional<ObjectRecord> recordOf(File& file, const FileStat& stat) {
  Result<std::optional<std::string>> text = file.attribute(kRecordAttribute);
  if (!text || !*text) return std::nullopt;
  return decodeRecord(**text, stat);
}

// With what our record says of it.
ObjectInfo describe(File& file, const FileStat& stat) {
  ObjectInfo info = infoOf(stat);
  if (std::optional<ObjectRecord> record = recordOf(file, stat)) {
    info.sha256 = record->sha256;
    info.nonce = std::move(record->nonce);
  }
  return info;
}

Error notAnObject(const RelPath& path, FileType type) {
  if (type == FileType::directory) {
    return Error{ErrorKind::isDirectory, "a directory stands at this name", path.text(), 0};
  }
  return Error{ErrorKind::conflict, "something that is no file stands at this name", path.text(),
               0};
}

class DirectoryRemote final : public Remote {
 public:
  DirectoryRemote(FileSystem& files, Scheduler& scheduler, Clock& clock, Random& random,
                  std::string path)
      : scheduler_(scheduler),
        clock_(clock),
        random_(random),
        root_(files, std::move(path)),
        publisher_(root_, scheduler, clock),
        uploads_({root_, publisher_, scheduler, clock, random}) {}

  const Features& features() const override { return features_; }
  Task<Status> check(CancelToken cancel) override;
  std::unique_ptr<RemoteStream> list(RelPath prefix) override {
    return listDirectory(root_, scheduler_, std::move(prefix));
  }
  Task<Result<ObjectInfo>> stat(RelPath path, CancelToken cancel) override;
  Task<Result<ObjectInfo>> read(RelPath path, ByteRange range, ObjectVersion expected,
                                ByteSink& sink, CancelToken cancel) override;
  Task<Result<ObjectInfo>> write(RelPath path, ByteSource& source, WriteRequest request,
                                 CancelToken cancel) override;
  Task<Result<UploadId>> beginUpload(RelPath path, WriteRequest request,
                                     CancelToken cancel) override;
  Task<Result<PartReceipt>> uploadPart(RelPath path, UploadId upload, PartRequest part,
                                       ByteSource& source, CancelToken cancel) override;
  Task<Result<ObjectInfo>> finishUpload(RelPath path, UploadId upload,
                                        std::vector<PartReceipt> parts, WriteRequest request,
                                        CancelToken cancel) override;
  Task<Status> abortUpload(RelPath path, UploadId upload, CancelToken cancel) override;
  Task<Status> remove(RelPath path, Precondition precondition, CancelToken cancel) override;
  Task<Result<ObjectInfo>> move(RelPath from, RelPath to, MoveRequest request,
                                CancelToken cancel) override;
  Task<Status> makeDirectory(RelPath path, CancelToken cancel) override;
  Task<Status> removeDirectory(RelPath path, CancelToken cancel) override;
  Task<Result<std::vector<VersionInfo>>> versions(RelPath path, CancelToken cancel) override;
  Task<Result<TrashedPage>> trashed(std::string after, CancelToken cancel) override {
    return listTrash(root_, scheduler_, std::move(after), std::move(cancel));
  }
  Task<Result<ObjectInfo>> restore(RelPath path, std::string id, Precondition precondition,
                                   CancelToken cancel) override;
  Task<Status> purge(Nanoseconds olderThan, CancelToken cancel) override;

 private:
  Task<Result<ObjectInfo>> restoreTrashed(RelPath path, RelPath place, CancelToken cancel);

  Result<ObjectInfo> statNow(const RelPath& path);
  // Refuses early what could not be placed anyway, before the content is sent.
  Status worthSending(Folder& root, const RelPath& path, const Precondition& precondition);
  Task<Status> receive(File& file, ByteSource& source, WriteRequest request, CancelToken cancel);

  const Features features_ = directoryFeatures();
  Scheduler& scheduler_;
  Clock& clock_;
  Random& random_;
  DirectoryRoot root_;
  DirectoryPublisher publisher_;
  DirectoryUploads uploads_;
};

Task<Status> DirectoryRemote::check(CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  Result<std::unique_ptr<Folder>> root = root_.openAnew();
  if (!root) co_return root.error();
  // Mode bits do not tell (read-only mounts, access lists, quotas): only trying does.
  Result<TemporaryFile> probe = TemporaryFile::create(**root, random_, 0);
  // A full disk is no reason to refuse: what is there can still be read.
  if (!probe && probe.error().kind != ErrorKind::noSpace) {
    co_return notReady(probe.error(), root_.path());
  }
  co_return Status();
}

Task<Result<ObjectInfo>> DirectoryRemote::stat(RelPath path, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  co_return statNow(path);
}

Result<ObjectInfo> DirectoryRemote::statNow(const RelPath& path) {
  Result<std::unique_ptr<Folder>> root = root_.open();
  if (!root) return root.error();
  Result<FileStat> stat = (*root)->stat(path);
  if (!stat) {
    ErrorKind kind = stat.error().kind;
    if (kind != ErrorKind::notFound && kind != ErrorKind::notDirectory) {
      return asRemoteError(stat.error());
    }
    Status confirmed = root_.confirm(**root);
    if (!confirmed) return confirmed.error();
    return Error{ErrorKind::notFound, "there is no such object", path.text(), 0};
  }
  if (stat->type != FileType::file) return infoOf(*stat);
  Result<std::unique_ptr<File>> file = (*root)->open(path, OpenMode::read);
  if (!file) return infoOf(*stat);  // may not be read, or was replaced: no hash to tell
  Result<FileStat> opened = (*file)->stat();
  if (!opened || versionOf(*opened) != versionOf(*stat)) return infoOf(*stat);
  return describe(**file, *opened);
}

Task<Result<ObjectInfo>> DirectoryRemote::read(RelPath path, ByteRange range,
                                               ObjectVersion expected, ByteSink& sink,
                                               CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  Error changed{ErrorKind::conflict, "the object is another version by now", path.text(), 0};
  Result<std::unique_ptr<Folder>> root = root_.open();
  if (!root) co_return root.error();
  // Looked at before it is opened: a FIFO or a symlink is never opened at all.
  Result<FileStat> before = (*root)->stat(path);
  if (!before) co_return asRemoteError(before.error());
  if (before->type != FileType::file) co_return notAnObject(path, before->type);
  if (versionOf(*before) != expected) co_return changed;
  if (range.begin > range.end || range.end > before->size) {
    co_return Error{ErrorKind::invalidArgument, "the range lies outside of the object", path.text(),
                    0};
  }
  Result<std::unique_ptr<File>> file = (*root)->open(path, OpenMode::read);
  if (!file) co_return asRemoteError(file.error());
  Result<FileStat> opened = (*file)->stat();
  if (!opened) co_return asRemoteError(opened.error());
  if (versionOf(*opened) != expected) co_return changed;
  Task<Status> copying = copyOut(scheduler_, **file, range, sink, cancel);
  Status copied = co_await copying;
  if (!copied) co_return copied.error();
  Result<FileStat> after = (*file)->stat();
  if (!after) co_return asRemoteError(after.error());
  if (versionOf(*after) != expected) co_return changed;
  co_return describe(**file, *after);
}

Task<Result<ObjectInfo>> DirectoryRemote::write(RelPath path, ByteSource& source,
                                                WriteRequest request, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  Result<std::unique_ptr<Folder>> root = root_.open();
  if (!root) co_return root.error();
  Status worth = worthSending(**root, path, request.precondition);
  if (!worth) co_return worth.error();
  Result<TemporaryFile> created = TemporaryFile::create(**root, random_, request.size);
  if (!created) co_return notReady(created.error(), root_.path());
  File& file = created->file();
  Task<Status> receiving = receive(file, source, request, cancel);
  Status received = co_await receiving;
  if (!received) co_return received.error();
  Result<FileStat> sealed = sealContent(file, request, clock_);
  if (!sealed) co_return asRemoteError(sealed.error());
  if (cancel.cancelled()) co_return cancelledError();

  StagedObject staged{created->name(), *sealed};
  FileStat placed = *sealed;
  auto change = [&file, &staged, &path, &request, &placed](DirectoryChanges& changes) {
    return changes.placeOpen(file, staged, path, request.precondition, placed);
  };
  Task<Status> publishing = publisher_.publish(change, cancel);
  Status published = co_await publishing;
  if (!published) co_return published.error();
  ObjectInfo info = infoOf(placed);
  info.sha256 = request.sha256;
  info.nonce = request.nonce;
  co_return info;
}

Status DirectoryRemote::worthSending(Folder& root, const RelPath& path,
                                     const Precondition& precondition) {
  Result<std::optional<FileStat>> now = statIfThere(root, path);
  if (!now) return asRemoteError(now.error());
  return mustHold(precondition, *now, path);
}

Task<Status> DirectoryRemote::receive(File& file, ByteSource& source, WriteRequest request,
                                      CancelToken cancel) {
  if (source.size() != request.size) {
    co_return Error{ErrorKind::corrupt, "the content has another size than announced", "", 0};
  }
  ByteRange whole{0, request.size};
  Task<Result<Sha256>> copying = copyIn(scheduler_, source, whole, file, cancel);
  Result<Sha256> sha256 = co_await copying;
  if (!sha256) co_return sha256.error();
  if (*sha256 != request.sha256) {
    co_return Error{ErrorKind::corrupt, "the content has another SHA-256 than announced", "", 0};
  }
  co_return Status();
}

Task<Result<UploadId>> DirectoryRemote::beginUpload(RelPath path, WriteRequest request,
                                                    CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  Result<std::unique_ptr<Folder>> root = root_.open();
  if (!root) co_return root.error();
  Status worth = worthSending(**root, path, request.precondition);
  if (!worth) co_return worth.error();
  co_return uploads_.begin(path, request);
}

Task<Result<PartReceipt>> DirectoryRemote::uploadPart(RelPath, UploadId upload, PartRequest part,
                                                      ByteSource& source, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  Task<Result<PartReceipt>> writing =
      uploads_.writePart(std::move(upload), part, source, std::move(cancel));
  co_return co_await writing;
}

Task<Result<ObjectInfo>> DirectoryRemote::finishUpload(RelPath path, UploadId upload,
                                                       std::vector<PartReceipt> parts,
                                                       WriteRequest request, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  Task<Result<ObjectInfo>> finishing = uploads_.finish(
      std::move(path), std::move(upload), std::move(parts), std::move(request), std::move(cancel));
  co_return co_await finishing;
}

Task<Status> DirectoryRemote::abortUpload(RelPath, UploadId upload, CancelToken) {
  co_return uploads_.abort(upload);
}

Task<Status> DirectoryRemote::remove(RelPath path, Precondition precondition, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  auto change = [&path, &precondition](DirectoryChanges& changes) {
    return changes.discard(path, precondition);
  };
  Task<Status> publishing = publisher_.publish(change, std::move(cancel));
  co_return co_await publishing;
}

Task<Result<ObjectInfo>> DirectoryRemote::move(RelPath from, RelPath to, MoveRequest request,
                                               CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  FileStat moved;
  auto change = [&from, &to, &request, &moved](DirectoryChanges& changes) {
    return changes.move(from, to, request.expected, moved);
  };
  Task<Status> publishing = publisher_.publish(change, std::move(cancel));
  Status published = co_await publishing;
  if (!published) co_return published.error();
  ObjectInfo info = infoOf(moved);
  info.sha256 = request.sha256;
  co_return info;
}

Task<Status> DirectoryRemote::makeDirectory(RelPath path, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  auto change = [&path](DirectoryChanges& changes) { return changes.makeFolders(path); };
  Task<Status> publishing = publisher_.publish(change, std::move(cancel));
  co_return co_await publishing;
}

Task<Status> DirectoryRemote::removeDirectory(RelPath path, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  auto change = [&path](DirectoryChanges& changes) { return changes.removeFolder(path); };
  Task<Status> publishing = publisher_.publish(change, std::move(cancel));
  co_return co_await publishing;
}

Task<Result<std::vector<VersionInfo>>> DirectoryRemote::versions(RelPath path, CancelToken cancel) {
  Result<std::unique_ptr<Folder>> root = root_.open();
  if (!root) co_return root.error();
  RelPath folder = layout::versionsOf(path);
  Result<std::vector<std::uint64_t>> ids = listVersionIds(**root, folder);
  if (!ids) co_return asRemoteError(ids.error());
  std::vector<VersionInfo> found;
  for (std::uint64_t id : *ids) {
    if (cancel.cancelled()) co_return cancelledError();
    VersionInfo version;
    version.id = std::to_string(id);
    Result<std::unique_ptr<File>> file = (*root)->open(folder.child(version.id), OpenMode::read);
    if (!file) {
      if (file.error().kind == ErrorKind::notFound) continue;  // purged in between
      co_return asRemoteError(file.error());
    }
    Result<FileStat> stat = (*file)->stat();
    if (!stat) co_return asRemoteError(stat.error());
    version.size = stat->size;
    version.modifyTime = stat->modifyTime;
    if (std::optional<ObjectRecord> record = recordOf(**file, *stat)) {
      version.sha256 = record->sha256;
    }
    found.push_back(std::move(version));
  }
  co_return found;
}

Task<Result<ObjectInfo>> DirectoryRemote::restoreTrashed(RelPath path, RelPath place,
                                                         CancelToken cancel) {
  Result<ObjectInfo> trashed = statNow(place);
  if (!trashed) co_return trashed.error();
  MoveRequest request{trashed->version, trashed->sha256};
  Task<Result<ObjectInfo>> moving =
      move(std::move(place), std::move(path), std::move(request), std::move(cancel));
  co_return co_await moving;
}

Task<Result<ObjectInfo>> DirectoryRemote::restore(RelPath path, std::string id,
                                                  Precondition precondition, CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  if (std::optional<RelPath> place = placeInTrash(id)) {
    Task<Result<ObjectInfo>> restoring =
        restoreTrashed(std::move(path), std::move(*place), std::move(cancel));
    co_return co_await restoring;
  }
  Error unknown{ErrorKind::notFound, "there is no older content of this id", path.text(), 0};
  if (id.empty() || id.find_first_not_of("0123456789") != std::string::npos) co_return unknown;
  Result<std::unique_ptr<Folder>> root = root_.open();
  if (!root) co_return root.error();
  Result<std::unique_ptr<File>> file =
      (*root)->open(layout::versionsOf(path).child(id), OpenMode::read);
  if (!file && file.error().kind == ErrorKind::notFound) co_return unknown;
  if (!file) co_return asRemoteError(file.error());
  Result<FileStat> stat = (*file)->stat();
  if (!stat) co_return asRemoteError(stat.error());
  OlderContentSource source(std::move(*file), stat->size);
  Task<Result<Sha256>> hashing =
      hashOf(scheduler_, source.file(), ByteRange{0, stat->size}, cancel);
  Result<Sha256> hash = co_await hashing;
  if (!hash) co_return hash.error();
  WriteRequest request;
  request.size = stat->size;
  request.sha256 = *hash;
  request.modifyTime = stat->modifyTime;
  request.nonce = random_.token();
  request.precondition = std::move(precondition);
  Task<Result<ObjectInfo>> writing =
      write(std::move(path), source, std::move(request), std::move(cancel));
  co_return co_await writing;
}

Task<Status> DirectoryRemote::purge(Nanoseconds olderThan, CancelToken cancel) {
  DirectoryPurge purging({root_, publisher_, clock_}, olderThan, std::move(cancel));
  Task<Status> running = purging.run();
  co_return co_await running;
}

}  // namespace

std::unique_ptr<Remote> makeDirectoryRemote(FileSystem& files, Scheduler& scheduler, Clock& clock,
                                            Random& random, std::string path) {
  return std::make_unique<DirectoryRemote>(files, scheduler, clock, random, std::move(path));
}

}  // namespace cloudsync
