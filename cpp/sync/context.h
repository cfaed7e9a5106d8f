#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/activity.h"
#include "events/event.h"
#include "sync/reconcile.h"
#include "sync/safety.h"
#include "sync/space_memory.h"
#include "transfer/download_queue.h"
#include "transfer/placer.h"

namespace cloudsync {

// Where a run says what it does. Any thread; must not block.
class RunReporter {
 public:
  virtual ~RunReporter() = default;
  virtual void progressed(const RunProgress& progress) = 0;
  virtual void noticed(Notice notice) = 0;
};

// The files that are on their way up at this moment, for the state a user is shown. Any thread.
class UploadsInFlight {
 public:
  void begin(const std::string& key) {
    std::lock_guard lock(mutex_);
    keys_.insert(key);
  }
  void end(const std::string& key) {
    std::lock_guard lock(mutex_);
    keys_.erase(key);
  }
  bool holds(const std::string& key) {
    std::lock_guard lock(mutex_);
    return keys_.contains(key);
  }

 private:
  std::mutex mutex_;
  std::unordered_set<std::string> keys_;  // guarded by mutex_
};

// What the parts of one space's sync share: references to what the space owns and outlives them,
// and the policy. Values are constant after construction.
struct SyncContext {
  TransferPlace place;
  SpaceMemory& memory;
  Placer& placer;
  DownloadQueue& downloads;
  UploadsInFlight& uploads;
  RunReporter& reporter;
  std::string spaceName;
  ReconcilePolicy policy;
  DeletionLimit deletionLimit;
  Duration trashAge = std::chrono::days(30);  // what is older leaves the trash on both sides
  std::size_t transfers = 32;                 // files at a time
};

// For a notice: isLostHere().
inline constexpr char kDiskLostIt[] =
    "was damaged when the disk or the machine failed: it is fetched again, and what is left of it "
    "here goes to the trash";

// A name as a person may read it in a terminal or a log: control bytes and broken UTF-8 escaped.
std::string printable(std::string_view name);

}  // namespace cloudsync
