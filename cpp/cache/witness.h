#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "base/sha256.h"
#include "fs/file_system.h"
#include "store/rows.h"

namespace cloudsync {

// One file, held in view while we rename it: from the last look before to the first look after.
// A read lease tells of writers in between; where there are no leases, only its content can.
// Closing it releases the lease, and a writer that waits in open() goes on: so it outlives the
// decision where the file ends up. One round owns it.
class Witness {
 public:
  // Looks at `path` for the last time before a rename. Errors that mean "not as expected":
  // `notFound`, `changed`; `busy` when it is open for writing.
  static Result<Witness> look(Folder& root, const RelPath& path, const Fingerprint& expected);

  // The same for a private file of ours, whatever its state is.
  static Result<Witness> ofPrivate(Folder& root, const RelPath& path);

  // The first look after the rename, at the file's new place: is it the same file, in the same
  // state, and did nobody open it for writing? Without a lease `sha256`, if known, decides: the
  // content of the file is compared. An error on the way counts as "no": then nothing is risked.
  bool untouchedAt(const RelPath& path, const std::optional<Sha256>& sha256);
  // A later look at the same place, change time included: nothing at all happened to the file
  // since untouchedAt() said yes.
  bool stillUntouchedAt(const RelPath& path);
  // Its content, compared always.
  bool holds(const Sha256& sha256);

  // The file gets the mode of another, so that what replaces a private or an executable file is
  // one.
  Status takePermissionsOf(const Witness& other);

  bool leased() const { return leased_; }
  const Fingerprint& seen() const { return seen_; }            // before the rename
  const Fingerprint& seenAfter() const { return seenAfter_; }  // by untouchedAt()

 private:
  explicit Witness(Folder& root) : root_(&root) {}
  Status takeLease();
  bool unbroken();

  Folder* root_;
  std::unique_ptr<File> file_;  // none when we may not read it
  Fingerprint seen_;
  Fingerprint seenAfter_;
  std::uint32_t permissions_ = 0;
  bool leased_ = false;
};

}  // namespace cloudsync
