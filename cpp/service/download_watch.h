#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "events/mailbox.h"
#include "events/meter.h"
#include "transfer/download_queue.h"

namespace cloudsync {

// Tells one instance of one JavaScript environment how its download goes: progress at most ten
// times a second, then exactly one final event. Shared by the tasks it watches.
class DownloadWatch final : public DownloadWatcher {
 public:
  DownloadWatch(const Clock& clock, std::shared_ptr<Mailbox> mailbox, std::uint64_t watcher,
                std::string uri);

  void progressed(const DownloadTask& task) override;
  void finished(const DownloadTask& task, const Result<BaseRow>& result) override;

  // The content is here already: one RUNNING and the final event, without a task.
  void alreadyLocal(TaskId id, ByteCount size);
  // It was admitted, but could not even be started.
  void failed(TaskId id, const Error& error);

 private:
  void post(TransferState state, ByteCount processed, ByteCount size,
            std::optional<ErrorKind> error);

  const std::shared_ptr<Mailbox> mailbox_;
  const std::uint64_t watcher_;
  const std::string uri_;
  std::atomic<std::int64_t> task_{0};
  std::atomic<bool> canWait_{false};
  Meter meter_;
};

}  // namespace cloudsync
