#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/entry_batch.h"
#include "base/ids.h"
#include "base/sha256.h"
#include "fs/file_system.h"

namespace cloudsync {

// Plain values: what the state store keeps. No SQL here, no behaviour.

// Which state of a local file a row speaks of.
struct Fingerprint {
  std::uint64_t inode = 0;
  Nanoseconds birthTime = 0;
  ByteCount size = 0;
  Nanoseconds modifyTime = 0;
  Nanoseconds changeTime = 0;

  static Fingerprint of(const FileStat& stat) {
    return {stat.inode, stat.birthTime, stat.size, stat.modifyTime, stat.changeTime};
  }
  // All but the change time: for what we renamed ourselves, which moves it.
  bool sameContentState(const Fingerprint& other) const {
    return inode == other.inode && size == other.size && modifyTime == other.modifyTime;
  }
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// What a row of the base tree is about.
enum class Standing : std::uint8_t {
  synced = 0,   // both sides agreed on this content
  ignored = 1,  // a verdict: a local file that is out of scope; the cloud knows nothing of it
  local = 2,    // no agreement: a local file that only carries a mark (its upload failed)
};

// How the agreement came about; UPLOAD_SUCCESS is told from COMPLETED by it.
enum class Origin : std::uint8_t { downloaded = 0, uploaded = 1, adopted = 2 };

// What the last attempt left behind, for the state that a user is shown.
enum class Mark : std::uint8_t {
  none = 0,
  stopped = 1,
  uploadFailed = 2,
  freed = 3,  // cloud-only because somebody freed it: `content: all` does not fetch it again
};

// One entry of the base tree: what both sides last agreed on. A claim: losing it costs time only.
struct BaseFacts {
  Standing standing = Standing::synced;
  Origin origin = Origin::downloaded;
  Mark mark = Mark::none;
  bool pinned = false;
  bool local = false;       // the content is on disk, as `fingerprint` says; false: cloud-only
  Fingerprint fingerprint;  // valid when `local`
  Nanoseconds lookedAt =
      0;               // wall time at which the fingerprint was taken: "racy" if too close to it
  ByteCount size = 0;  // of the agreed content
  std::optional<Sha256> sha256;    // unknown for a foreign object not downloaded yet
  std::string_view remoteVersion;  // ObjectVersion::text; "" for standing `ignored`
  Nanoseconds remoteModifyTime = 0;
  Nanoseconds accessedAt = 0;  // last access through this product
};

using BaseBatch = EntryBatch<BaseFacts>;

// The same as a value that owns its text.
struct BaseRow {
  std::string key;
  std::string remoteVersion;
  BaseFacts facts;  // facts.remoteVersion is unset: read `remoteVersion` above

  bool isDirectory() const { return key.ends_with('/'); }
};

// Do two looks at a row show the same agreement? What was decided on the first holds then.
inline bool sameState(const std::optional<BaseRow>& a, const std::optional<BaseRow>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->facts.standing == b->facts.standing && a->facts.local == b->facts.local &&
         a->facts.fingerprint == b->facts.fingerprint && a->remoteVersion == b->remoteVersion;
}

// One change to the base tree.
struct BaseChange {
  enum class Kind { put, erase };
  Kind kind = Kind::put;
  BaseRow row;  // erase: only the key counts
};

// A space as the store knows it.
struct SpaceRow {
  SpaceId id;
  std::string name;
  std::string rootId;  // from the marker in the local root; "" before the first run
  std::uint64_t rootDevice = 0;
  std::uint64_t rootInode = 0;
  std::uint64_t generation = 0;   // of the local marker; raised once per freeing round
  std::string remoteId;           // from the marker in the remote; "" when it has none
  std::string remoteUrl;          // as configured, without credentials
  int syncState = 4;              // SyncState of the last event: COMPLETED before any
  int syncError = 0;              // ErrorType of it
  std::int64_t lastSyncTime = 0;  // ms since the epoch of the last complete run; 0 before
  std::string rootPath;           // where the root was last seen; "" before
  bool baseDoubted = false;       // until a run is complete, nothing is deleted for the base's sake
  std::uint64_t remoteEpoch = 0;  // the newest one that was seen in the remote's marker; 0: none
  std::string remoteEpochToken;   // tells it from another one of that number
};

// Why a space waits for a person.
struct Halt {
  enum class Subject : std::uint8_t {
    operations = 0,  // those of the plan that are held
    root = 1,        // a side is not the one that is remembered; `evidence` is what was found
    nothing = 2,     // nothing that could be released: the cause has to go
  };
  std::string reason;  // stable, machine-readable: "deletion-limit-local"
  Subject subject = Subject::operations;
  std::string message;  // for a person
  std::string evidence;
  std::string planId;  // names all that waits in the space, with this; set by whoever stores it

  friend bool operator==(const Halt&, const Halt&) = default;
};

// Which operations of the named kinds a rule holds back.
enum class HoldExtent {
  all,
  replacing,  // only where both sides have content: what would go is the other one's
};

// Permission, written durably before the act, to do what a crash would make look like the user's.
struct Licence {
  enum class Kind : std::uint8_t {
    replace = 0,  // the file at `privateName` is to take the place of `key`
    publish = 1,  // the file at `privateName` is to appear at the free name `key`
    discard = 2,  // `key` is to move to `privateName` (our trash)
    free = 3,     // `key` is to move to `privateName` and become cloud-only
  };
  std::int64_t id = 0;  // given by the store
  Kind kind = Kind::replace;
  std::string key;
  std::string privateName;  // below the root, under .cloudsync/
  std::uint64_t inode = 0;  // of the file that is ours: the new one, or the one moved away
  Fingerprint expected;     // of what stands at `key` before the act
};

// An unfinished download: the partial file and which ranges are in it.
struct DownloadRow {
  std::string key;
  std::string remoteVersion;
  ByteCount size = 0;
  std::string partName;         // under .cloudsync/tmp
  std::vector<ByteRange> have;  // sorted, disjoint, durable in the partial file
};

// An unfinished upload in parts. Written before the remote hears of it.
struct UploadRow {
  std::string key;
  std::string nonce;
  std::string uploadId;     // "" between intent and the remote's answer
  Fingerprint fingerprint;  // of the file that is being sent
  Sha256 sha256;            // of all of it
  ByteCount partSize = 0;
  struct Part {
    std::uint32_t number = 0;
    std::string tag;
    Sha256 sha256;
  };
  std::vector<Part> parts;  // acknowledged
};

// One operation of a run's plan.
struct PlanOp {
  enum class Kind : std::uint8_t {
    makeLocalDirectory = 0,
    makeRemoteDirectory = 1,
    recordCloud = 2,  // the cloud has it; only the row changes
    download = 3,     // the remote's content replaces, or becomes, the local file
    upload = 4,       // the local content replaces, or becomes, the remote object
    compare = 5,      // both sides have content without agreement: adopt if equal, else both kept
    removeLocal = 6,
    removeRemote = 7,
    removeLocalDirectory = 8,
    removeRemoteDirectory = 9,
    forget = 10,      // gone on both sides: drop the row
    adopt = 11,       // both sides agree already: write the row
    moveLocal = 12,   // the remote's object has got another name: the local file gets it, too
    moveRemote = 13,  // the same the other way round; also of what only the cloud has
  };
  // What became of it.
  enum class Outcome : std::uint8_t {
    pending = 0,
    done = 1,
    failed = 2,     // see `message`
    postponed = 3,  // a precondition no longer held: seen again next run
    held = 4,       // a safety rule holds it back until a person confirms
  };
  std::int64_t sequence = 0;  // given by the store; order of the plan
  Kind kind = Kind::upload;
  Outcome outcome = Outcome::pending;
  std::string key;
  ByteCount size = 0;                         // bytes that will move
  Nanoseconds remoteModifyTime = 0;           // of the remote content, where there is one
  std::optional<Fingerprint> localExpected;   // what the plan saw; absent = nothing there
  std::optional<std::string> remoteExpected;  // the same for the remote: its version
  std::string message;                        // why it failed or is held
  std::string source;                         // moves: the key that the content leaves
  // Removals: what their content can be known again by under another name (store/move_marks.h).
  std::string was;
};

inline constexpr std::size_t kPlanOpKinds = 14;

// Something that goes and something that comes, of one content: a move.
struct PlanMatch {
  PlanOp arrival;
  PlanOp departure;
};

}  // namespace cloudsync
