#include "remote/directory/root.h"

#include <utility>

namespace cloudsync {

Error asRemoteError(Error error) {
  if (error.kind == ErrorKind::noSpace) {
    error.kind = ErrorKind::remoteFull;
    error.message = "the remote directory's disk is full: " + error.message;
  } else if (error.kind == ErrorKind::system) {
    error.kind = ErrorKind::remoteFault;
  }
  return error;
}

Error notReady(const Error& cause, const std::string& directory) {
  if (cause.kind == ErrorKind::remoteNotReady || cause.kind == ErrorKind::noSpace) {
    return asRemoteError(cause);
  }
  std::string advice = "it cannot be used";
  if (cause.kind == ErrorKind::notFound) {
    advice = "it does not exist; make it, or mount the disk it is on";
  } else if (cause.kind == ErrorKind::notDirectory) {
    advice = "it is not a directory; give the URL of one";
  } else if (cause.kind == ErrorKind::permission) {
    advice = "it may not be written; change its owner or mode, or mount it writable";
  }
  return Error{ErrorKind::remoteNotReady,
               "the remote directory is not ready: " + advice + ": " + cause.message, directory,
               cause.systemCode};
}

Result<std::unique_ptr<Folder>> DirectoryRoot::open() {
  Result<std::unique_ptr<Folder>> folder = files_.openRoot(path_);
  if (!folder) return notReady(folder.error(), path_);
  Result<FileStat> stat = (*folder)->stat();
  if (!stat) return notReady(stat.error(), path_);
  Identity now{stat->device, stat->inode};
  auto known = known_.lock();
  if (!*known) *known = now;
  if (**known != now) return replaced();
  return folder;
}

Result<std::unique_ptr<Folder>> DirectoryRoot::openAnew() {
  *known_.lock() = std::nullopt;
  return open();
}

Status DirectoryRoot::confirm(Folder& folder) {
  Result<std::unique_ptr<Folder>> again = open();
  if (!again) return again.error();
  Result<FileStat> now = (*again)->stat();
  if (!now) return notReady(now.error(), path_);
  Result<FileStat> then = folder.stat();
  if (!then) return notReady(then.error(), path_);
  if (now->device != then->device || now->inode != then->inode) return replaced();
  return {};
}

Error DirectoryRoot::replaced() const {
  return Error{ErrorKind::remoteNotReady,
               "the remote directory is another one than before; is its disk still mounted?", path_,
               0};
}

}  // namespace cloudsync
