#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/rel_path.h"
#include "base/result.h"
#include "fs/file_system.h"
#include "store/rows.h"
#include "store/state_store.h"

namespace cloudsync {

// Content that was fetched, verified and fsynced as a private file, ready to be seen.
struct Staged {
  std::string key;                      // file key it is for
  std::string partName;                 // path of the private file, below .cloudsync/tmp/
  std::optional<Fingerprint> expected;  // what must stand at `key`; nothing: the name must be free
  BaseRow claim;                        // becomes the row; `local` and `fingerprint` are filled in
  // The private file, where its content is not on disk yet: the round brings it there, with all
  // others that it has.
  std::unique_ptr<File> unsynced{};
  std::optional<Error> syncFailure{};
};

// What became of one item of a round.
struct Placement {
  enum class Kind {
    done,
    postponed,  // not as expected at the last moment, or open for writing: nothing was changed
    failed,     // see `error`; nothing was changed
  };
  Kind kind = Kind::done;
  std::optional<Error> error;  // for postponed too: why
  BaseRow row;                 // done: the row as committed
  // failed: the private file may hold the user's content, which only recover() can place. Nobody
  // touches it.
  bool keepsPart = false;
};

// A file that is to leave its name: into the local trash, or (freeing) out of the local tree.
struct Removal {
  std::string key;
  Fingerprint expected;
  BaseRow row;  // freeing: as it is now; becomes cloud-only. Discarding: unused
};

// A file that is to get another name, because the cloud's object has got it.
struct Relocation {
  std::string from;  // file keys
  std::string to;    // must be free
  Fingerprint expected;
  BaseRow row;  // becomes the row of `to`; `local` and `fingerprint` are filled in
};

// A file found at start-up that no row explains and that was put where a user can see it.
struct Recovered {
  std::string key;     // where it is now
  std::string reason;  // for the log
};

// Everything that changes content a user sees in one local tree goes through here, in rounds of
// many files: licence (durable), act, fsync of the directories, claims (one transaction). Only this
// class renames into or out of the user's names. Blocking; one round at a time (the caller holds
// the space's placement semaphore), but createPart and openPart from any thread.
class ContentStore {
 public:
  struct Needs {
    Folder& root;
    StateStore& store;
    SpaceId space;
    Clock& clock;
    Random& random;
    std::string deviceName;  // stands in the names of conflict copies
  };
  explicit ContentStore(Needs needs);
  ~ContentStore();

  // Makes .cloudsync/ and what belongs into it. Idempotent.
  Status prepare();

  // After a crash: finishes or undoes what the licences speak of. A private file that a licence
  // does not own is user data and is put back: at its name if that is free, else as a conflict
  // copy. Removes temp files that no download row names.
  Result<std::vector<Recovered>> recover();

  // A private file to fill, with room for `size` bytes. The name is short and ours; `openPart`
  // finds it again.
  struct Part {
    std::string name;
    std::unique_ptr<File> file;
  };
  Result<Part> createPart(ByteCount size);
  Result<std::unique_ptr<File>> openPart(const std::string& partName);
  Status removePart(const std::string& partName);

  // The slow half of publish(), which it does itself where nobody did: contents to the disk. From
  // any thread, also while a round is under way.
  void syncContents(std::span<Staged> round);

  // Makes staged content visible: exchange with what stands there (which goes to the trash), or a
  // move onto a free name. Parent directories are made. Parts are on disk before anything names
  // them.
  Result<std::vector<Placement>> publish(std::span<Staged> round);

  // Moves files to the local trash; their rows are erased.
  Result<std::vector<Placement>> discard(std::span<const Removal> round);

  // Gives files their new names; their rows move along.
  Result<std::vector<Placement>> relocate(std::span<const Relocation> round);

  // Promise P4, local half: the caller has just verified that the remote holds `row.sha256` at
  // `row.remoteVersion`. Read lease, look, move away, look again, durable row, unlink. A file that
  // is open for writing is `busy`, a changed one `notPermitted`.
  Result<std::vector<Placement>> free(std::span<const Removal> round);

  // Gives the local file a conflict name beside its own and returns the new key. The content is
  // found again under the name that its hash gives, on every device. An equal file of that name:
  // `key` is discarded and that name returned.
  Result<std::string> moveAside(const std::string& key, const Fingerprint& expected,
                                const Sha256& sha256);

  // Gives a file or a directory another name, for a person: parents are made; `exists` when the new
  // name is taken. Rows are left as they are.
  Status rename(const RelPath& from, const RelPath& to);

  // Brings a file back out of the trash, to its name if that is free, else to a conflict copy
  // beside it. Returns where it is now.
  Result<std::string> restoreTrashed(const std::string& round, const std::string& name);

  // Removes local trash older than this; returns the number of files.
  Result<std::uint64_t> purgeTrash(Duration olderThan);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cloudsync
