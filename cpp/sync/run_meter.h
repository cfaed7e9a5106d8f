#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "events/meter.h"
#include "sync/context.h"
#include "transfer/download_queue.h"

namespace cloudsync {

// How far a run is: counters that any thread adds to, reported at most ten times a second.
// Shared by the executor and the downloads it watches.
class RunMeter final : public ByteProgress {
 public:
  RunMeter(const Clock& clock, RunReporter& reporter, std::string space);

  void begin(RunProgress::Phase phase, std::uint64_t files, ByteCount bytes);
  void enter(RunProgress::Phase phase);
  void moved(ByteCount bytes) override { meter_.addBytes(bytes); }
  void fileDone();
  void fileFailed();

 private:
  void report(const Meter::Counters& counters);

  RunReporter& reporter_;
  const std::string space_;
  std::atomic<RunProgress::Phase> phase_{RunProgress::Phase::scanning};
  Meter meter_;
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
