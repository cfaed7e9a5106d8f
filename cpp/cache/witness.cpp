#include "cache/witness.h"

#include <utility>

#include "cache/content_hash.h"

namespace cloudsync {

namespace {

Error changed(const RelPath& path) {
  return Error{ErrorKind::changed, "it is not as it was when this was decided", path.text(), 0};
}

Error inUse(const RelPath& path) {
  return Error{ErrorKind::busy, "it is open for writing", path.text(), 0};
}

Result<Fingerprint> fileAt(Folder& root, const RelPath& path) {
  Result<FileStat> found = root.stat(path);
  if (!found) return found.error();
  if (found->type != FileType::file) return changed(path);
  return Fingerprint::of(*found);
}

}  // namespace

// `busy` when the file is open for writing; no lease and no error where leases are unsupported.
Status Witness::takeLease() {
  Result<LeaseState> lease = file_->takeReadLease();
  if (!lease) return lease.error();
  switch (*lease) {
    case LeaseState::held:
      leased_ = true;
      return Status();
    case LeaseState::openForWriting:
      return inUse(RelPath());
    case LeaseState::unsupported:
      return Status();
  }
  return Status();
}

Result<Witness> Witness::look(Folder& root, const RelPath& path, const Fingerprint& expected) {
  Result<FileStat> before = root.stat(path);
  if (!before) return before.error();
  if (before->type != FileType::file || Fingerprint::of(*before) != expected) return changed(path);
  Witness witness(root);
  witness.seen_ = Fingerprint::of(*before);
  witness.permissions_ = before->permissions;
  Result<std::unique_ptr<File>> file = root.open(path, OpenMode::read);
  if (!file) {
    // A file that its owner made unreadable has no lease and no hash; its state must do.
    if (file.error().kind == ErrorKind::permission) return witness;
    return file.error();
  }
  witness.file_ = std::move(*file);
  Status lease = witness.takeLease();
  if (!lease) return lease.error().kind == ErrorKind::busy ? inUse(path) : lease.error();
  // Between the look and the open another file may have taken the name, and before the lease a
  // writer may have come and gone.
  Result<FileStat> now = witness.file_->stat();
  if (!now) return now.error();
  if (Fingerprint::of(*now) != expected) return changed(path);
  return witness;
}

Result<Witness> Witness::ofPrivate(Folder& root, const RelPath& path) {
  Witness witness(root);
  Result<std::unique_ptr<File>> file = root.open(path, OpenMode::read);
  if (!file) return file.error();
  witness.file_ = std::move(*file);
  // Whoever filled the part may still hold it open: then there is no lease, as on a file system
  // that has none.
  Status lease = witness.takeLease();
  if (!lease && lease.error().kind != ErrorKind::busy) return lease.error();
  Result<FileStat> now = witness.file_->stat();
  if (!now) return now.error();
  witness.seen_ = Fingerprint::of(*now);
  witness.permissions_ = now->permissions;
  return witness;
}

Status Witness::takePermissionsOf(const Witness& other) {
  if (permissions_ == other.permissions_) return Status();
  return file_->setPermissions(other.permissions_);
}

bool Witness::unbroken() {
  if (!leased_) return true;
  Result<bool> broken = file_->leaseBroken();
  return broken && !*broken;
}

bool Witness::untouchedAt(const RelPath& path, const std::optional<Sha256>& sha256) {
  Result<Fingerprint> now = fileAt(*root_, path);
  if (!now || !now->sameContentState(seen_)) return false;
  seenAfter_ = *now;
  if (leased_) return unbroken();
  return !sha256 || !file_ || holds(*sha256);
}

bool Witness::stillUntouchedAt(const RelPath& path) {
  Result<Fingerprint> now = fileAt(*root_, path);
  return now && *now == seenAfter_ && unbroken();
}

bool Witness::holds(const Sha256& sha256) {
  if (!file_) return false;
  Result<FileStat> before = file_->stat();
  Result<Sha256> hash = hashContent(*file_);
  Result<FileStat> after = file_->stat();
  return before && hash && after && *hash == sha256 &&
         Fingerprint::of(*before) == Fingerprint::of(*after);
}

}  // namespace cloudsync
