#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "sync/context.h"
#include "transfer/download_queue.h"

namespace cloudsync {

// How far a run is: counters that any thread adds to, reported as they change (mailboxes thin it).
// Shared by the executor and the downloads it watches.
class RunMeter final : public ByteProgress {
 public:
  RunMeter(RunReporter& reporter, std::string space) : reporter_(reporter), space_(std::move(space)) {}

  void begin(RunProgress::Phase phase, std::uint64_t files, ByteCount bytes);
  void moved(ByteCount bytes) override;
  void fileDone();
  void fileFailed();

 private:
  void report();

  RunReporter& reporter_;
  const std::string space_;
  std::atomic<int> phase_{0};
  std::atomic<std::uint64_t> filesDone_{0};
  std::atomic<std::uint64_t> filesTotal_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<ByteCount> bytesDone_{0};
  std::atomic<ByteCount> bytesTotal_{0};
};

// Lets a run count the bytes of a download that may be somebody else's too, and outlive the run.
class MeteredDownload final : public DownloadWatcher {
 public:
  explicit MeteredDownload(std::shared_ptr<RunMeter> meter) : meter_(std::move(meter)) {}

  void progressed(const DownloadTask& task) override;
  void finished(const DownloadTask&, const Result<BaseRow>&) override {}

 private:
  const std::shared_ptr<RunMeter> meter_;
  std::atomic<ByteCount> counted_{0};
};

}  // namespace cloudsync
