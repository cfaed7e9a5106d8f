#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "events/meter.h"
#include "sync/context.h"
#include "transfer/download_queue.h"

namespace cloudsync {

// How far a run is: counters that any thread adds to, reported at most ten times a second.
// Shared by the executor and the files it counts.
class RunMeter final {
 public:
  RunMeter(const Clock& clock, RunReporter& reporter, std::string space);

  // A pass has planned this much. What an earlier pass planned and did not do is planned again.
  void begin(RunProgress::Phase phase, std::uint64_t files, ByteCount bytes);
  // What the look before the pass came to.
  void looked(std::uint64_t scanned, std::uint64_t skipped);
  void enter(RunProgress::Phase phase);
  void moved(ByteCount bytes, ByteCount beyondPlan);
  void notNeeded(ByteCount planned);
  void fileDone();
  void fileFailed();

 private:
  void report(const Meter::Counters& counters);

  RunReporter& reporter_;
  const std::string space_;
  std::atomic<RunProgress::Phase> phase_{RunProgress::Phase::scanning};
  std::atomic<std::uint64_t> scanned_{0};
  std::atomic<std::uint64_t> skipped_{0};
  Meter meter_;
};

// The share that one planned file has in the bytes of its run. The file may have another size by
// now than the plan saw, or need no transfer after all: once it is done, the run's total has what
// was moved for it, no more and no less. Any thread.
class FileMeter final : public ByteProgress {
 public:
  FileMeter(std::shared_ptr<RunMeter> run, ByteCount planned)
      : run_(std::move(run)), planned_(planned) {}

  void moved(ByteCount bytes) override;
  // The rest of it turned out to be there already.
  void allThere();
  // Nothing is counted after it: a download may go on for somebody else.
  void done();
  void givenUp();

 private:
  const std::shared_ptr<RunMeter> run_;
  std::mutex mutex_;
  ByteCount planned_;    // guarded by mutex_: its part of the run's total
  ByteCount moved_ = 0;  // guarded by mutex_
  bool ended_ = false;   // guarded by mutex_
};

// Lets a run count the bytes of a download that may be somebody else's too, and outlive the run.
class MeteredDownload final : public DownloadWatcher {
 public:
  explicit MeteredDownload(std::shared_ptr<FileMeter> meter) : meter_(std::move(meter)) {}

  void progressed(const DownloadTask& task) override;
  void finished(const DownloadTask&, const Result<BaseRow>&) override {}

 private:
  const std::shared_ptr<FileMeter> meter_;
  std::atomic<ByteCount> counted_{0};
};

}  // namespace cloudsync
