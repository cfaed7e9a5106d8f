#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/event.h"
#include "events/mailbox.h"
#include "service/config.h"

namespace cloudsync {

// Facts of the device that only JavaScript can know; handed over with every start.
struct DeviceConditions {
  bool networkAvailable = true;
  bool charging = true;
  int batteryPercent = 100;
  bool overheated = false;
};

// One device: builds, owns and joins everything below it. Every method may be called from every
// JavaScript thread at the same time. Methods that take a CallId return at once and answer with
// `Settled` in `reply`; the others are one indexed read, or say that they block.
class Service {
 public:
  // Opens the state directory, takes its lock (`locked`, with the owner's pid, when another process
  // has it) and prepares the spaces. Blocks for some milliseconds. `shareable`: a second call with
  // an equal Config gets the same Service (workers of one process); otherwise `locked`.
  enum class Sharing { none, equalConfig };
  static Result<std::shared_ptr<Service>> open(const Config& config, Sharing sharing);

  virtual ~Service() = default;

  // From here on `mailbox` gets every SyncEvent, RunProgress and Notice.
  virtual void attach(std::shared_ptr<Mailbox> mailbox) = 0;
  // Ends its watches; its running downloads go on.
  virtual void detach(const std::shared_ptr<Mailbox>& mailbox) = 0;

  struct Reply {
    std::shared_ptr<Mailbox> mailbox;
    CallId call;
  };

  // GallerySync, FileSync. `space` is the name of one; unknown ones are `remoteNotReady`.
  virtual void startSync(Reply reply, std::string space, DeviceConditions conditions) = 0;
  virtual void stopSync(Reply reply, std::string space) = 0;
  virtual Result<SyncEvent> syncState(const std::string& space) = 0;        // last, persisted
  virtual Result<std::int64_t> lastSyncTime(const std::string& space) = 0;  // ms; 0 = never

  // Download, CloudFileCache. Progress goes to `watcher` of the same mailbox until the final event.
  virtual void startDownload(Reply reply, std::uint64_t watcher, std::string uri) = 0;
  enum class Partial { keep, remove };
  virtual void stopDownload(Reply reply, std::string uri, Partial partial) = 0;
  // Frees local content whose bytes are verified in the cloud. Blocks until done (the reference
  // call is synchronous).
  virtual Status cleanFile(const std::string& uri) = 0;

  // Over all spaces from now on, what is under way included; 0: as fast as it goes.
  virtual Status limitBandwidth(ByteCount uploadPerSecond, ByteCount downloadPerSecond) = 0;

  // getFileSyncState: the row and one statx.
  virtual Result<FileSyncState> fileState(const std::string& uri) = 0;
  virtual void fileStates(Reply reply, std::vector<std::string> uris) = 0;

  // A page of what the space holds on either side, in key order: every entry with a state. `limit`
  // 0: whoever listed up to `after` wants no more, and what is kept for him may go.
  virtual void list(Reply reply, std::string space, std::string prefix, std::string after,
                    std::size_t limit) = 0;
  virtual void plan(Reply reply, std::string space) = 0;
  // Releases what waits under this id, in whatever space; `notFound` when nothing does.
  virtual void confirm(Reply reply, std::string planId) = 0;
  // Forgets the space's state; both sides stay as they are.
  virtual void unlink(Reply reply, std::string space) = 0;

  // What a person does to single entries, on both sides.
  enum class Depth { alone, withContent };
  virtual void remove(Reply reply, std::string uri, Depth depth) = 0;
  virtual void move(Reply reply, std::string uri, std::string to) = 0;

  // What was removed or replaced, a page at a time, and its way back.
  virtual void trash(Reply reply, std::string space, std::string after) = 0;
  virtual void restore(Reply reply, std::string space, std::string id) = 0;
  virtual void versions(Reply reply, std::string uri) = 0;
  virtual void restoreVersion(Reply reply, std::string uri, std::string id) = 0;
  virtual void whenIdle(Reply reply) = 0;

  // Refuses new work, stops what runs (resumable) and joins every thread. Blocks, two seconds at
  // most; idempotent. The destructor calls it.
  virtual void close() = 0;
};

}  // namespace cloudsync
