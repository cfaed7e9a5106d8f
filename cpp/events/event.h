#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/result.h"

namespace cloudsync {

// Everything that can travel up to JavaScript. Plain values; the enums' numbers are the reference
// API's (lib/enums.ts pins them).

enum class SyncState {
  uploading = 0,
  uploadFailed = 1,
  downloading = 2,
  downloadFailed = 3,
  completed = 4,
  stopped = 5
};

enum class SyncError {
  none = 0,
  networkUnavailable = 1,
  wifiUnavailable = 2,
  batteryLow = 3,
  batteryWarning = 4,
  cloudFull = 5,
  localFull = 6,
  tooHot = 7,
  remoteAbnormal = 8,
  timeout = 9,
  unknown = 10
};

enum class TransferState { running = 0, completed = 1, failed = 2, stopped = 3 };

enum class FileSyncState {
  uploading = 0,
  downloading = 1,
  completed = 2,
  stopped = 3,
  toBeUploaded = 4,
  uploadSuccess = 5,
  uploadFailure = 6
};

// The state of a space's run. Never dropped, never overtaken.
struct SyncEvent {
  std::string space;
  SyncState state = SyncState::completed;
  SyncError error = SyncError::none;
  bool final = false;  // the run has ended with it
};

// How far a run is. Additive to the reference; progress overwrites unread progress.
struct RunProgress {
  std::string space;
  enum class Phase {
    scanning = 0,
    downloading = 1,
    uploading = 2,
    done = 3
  } phase = Phase::scanning;
  std::uint64_t filesDone = 0;
  std::uint64_t filesTotal = 0;
  ByteCount bytesDone = 0;
  ByteCount bytesTotal = 0;
  std::uint64_t scanned = 0;  // entries looked at so far
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;  // set aside: symlinks, special files, names that cannot be carried
};

// One download, for the instance that started it.
struct TransferEvent {
  std::uint64_t watcher = 0;  // names the instance; chosen by lib/
  TaskId task;
  std::string uri;
  TransferState state = TransferState::running;
  ByteCount processed = 0;
  ByteCount size = 0;
  std::optional<ErrorKind> error;
  // Nobody stands still for want of it: progress, and ends while others wait for their turn.
  bool canWait = false;
};

// Something set aside or failed, for the log and the CLI.
struct Notice {
  std::string space;
  std::string path;  // as a person reads it; control characters escaped
  ErrorKind kind = ErrorKind::internal;
  std::string message;
};

// One known entry, for list().
struct EntryInfo {
  std::string path;
  std::string uri;
  bool directory = false;
  ByteCount size = 0;
  FileSyncState state = FileSyncState::completed;
  enum class Location { local = 0, cloud = 1, both = 2 } location = Location::local;
  std::string sha256;  // hex; "" when unknown
  std::string version;
  Nanoseconds modifyTime = 0;
};

struct EntryPage {
  std::vector<EntryInfo> entries;
  std::string next;  // pass as `after` for the next page; "" at the end
};

struct PlannedOp {
  std::string kind;
  std::string path;
  ByteCount size = 0;
  std::string outcome;
  std::string message;
};

struct PlanInfo {
  struct Reason {
    std::string name;     // stable: "deletion-limit-local"
    std::string message;  // for a person
  };
  struct Total {
    std::string kind;
    std::string outcome;
    std::uint64_t count = 0;
    ByteCount bytes = 0;
  };
  std::string id;              // of what waits for a person; else of what is shown
  std::vector<Reason> halts;   // why something waits; empty when nothing does
  std::vector<Total> totals;   // over all operations, however many are shown
  std::vector<PlannedOp> ops;  // the first thousand of each outcome
};

// One file that was removed or replaced and can be brought back.
struct TrashedInfo {
  std::string id;
  std::string path;
  bool inCloud = false;
  ByteCount size = 0;
  Nanoseconds removedAt = 0;
  std::string reason;  // "removed", "replaced", "duplicate"
};

struct TrashPage {
  std::vector<TrashedInfo> entries;
  std::string next;  // pass as `after` for the next page; "" at the end
};

// One older content of a file.
struct OlderContent {
  std::string id;
  ByteCount size = 0;
  Nanoseconds modifyTime = 0;
  std::string sha256;  // hex; "" when unknown
};
using OlderContents = std::vector<OlderContent>;

// What a call of JavaScript may be answered with.
using Value = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<int>,
                           EntryPage, PlanInfo, TrashPage, OlderContents>;

struct Settled {
  CallId call;
  Result<Value> result;
};

using Event = std::variant<Settled, SyncEvent, RunProgress, TransferEvent, Notice>;

}  // namespace cloudsync
