#include <utility>

#include "sync/operations.h"
#include "transfer/content_hash.h"

// One name that is a file on one side and a directory on the other. The remote keeps the name; what
// stands here goes on under a conflict name, and the next pass sends it there. Where a plain
// removal makes room, it is left to that.

namespace cloudsync {

namespace {

std::string fileKeyOf(const std::string& directoryKey) {
  return EntryKey{directoryKey}.path().text();
}

// Do both sides know exactly this content? Then the file's own operation takes it away.
bool isAgreed(const std::optional<BaseRow>& row, const ContentHash& local) {
  if (!row || row->facts.standing != Standing::synced || !row->facts.local) return false;
  if (row->facts.sha256) return row->facts.sha256 == local.whole;
  return row->facts.fingerprint == local.fingerprint;
}

Error movedAside(const std::string& key, const std::string& aside) {
  return Error{ErrorKind::changed,
               "is a file on one side and a directory on the other: what is on this device goes on "
               "as " +
                   printable(aside),
               key, 0};
}

}  // namespace

// The remote has a directory where a file stands here.
Task<OpResult> Operations::giveNameToRemoteDirectory(std::string directoryKey, CancelToken cancel) {
  std::string key = fileKeyOf(directoryKey);
  Result<std::optional<BaseRow>> row = findRow(key);
  if (!row.ok()) co_return OpResult::failed(row.error());
  Result<ContentHash> local = co_await hashLocalFile(context_.place, key, cancel);
  if (!local.ok()) co_return OpResult::from(local.error());
  if (isAgreed(*row, *local)) {
    co_return OpResult::postponed(
        Error{ErrorKind::notDirectory, "a file has the directory's name", directoryKey, 0});
  }
  Result<std::string> aside = context_.placer.moveAside(key, local->fingerprint, local->whole);
  if (!aside.ok()) co_return OpResult::from(aside.error());
  co_return tellMovedAside(key, *aside);
}

// The remote has a file where a directory stands here, with what only this device has in it.
OpResult Operations::giveNameToRemoteFile(const std::string& directoryKey,
                                          const ObjectInfo& remote) {
  std::string key = fileKeyOf(directoryKey);
  Result<std::optional<BaseRow>> row = findRow(key);
  if (!row.ok()) return OpResult::failed(row.error());
  // The file that both sides knew, and that the directory replaced: its removal makes room.
  const bool known = *row && (*row)->facts.standing == Standing::synced && (*row)->facts.local &&
                     (*row)->remoteVersion == remote.version.text;
  if (known) {
    return OpResult::postponed(
        Error{ErrorKind::exists, "a file in the cloud has the directory's name", directoryKey, 0});
  }
  Result<std::string> aside = context_.placer.moveFolderAside(key);
  if (!aside.ok()) return OpResult::from(aside.error());
  return tellMovedAside(key, *aside);
}

Task<std::optional<ObjectInfo>> Operations::remoteFileAt(RelPath path, CancelToken cancel) {
  Result<ObjectInfo> info = co_await context_.place.remote.stat(path, cancel);
  std::optional<ObjectInfo> file;
  if (info.ok() && info->kind == EntryKind::file) file = std::move(*info);
  co_return file;
}

OpResult Operations::tellMovedAside(const std::string& key, const std::string& aside) {
  Error error = movedAside(key, aside);
  context_.reporter.noticed(
      Notice{context_.spaceName, printable(key), ErrorKind::conflict, error.message});
  return OpResult::postponed(std::move(error));
}

}  // namespace cloudsync
