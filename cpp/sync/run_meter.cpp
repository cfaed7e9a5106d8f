#include "sync/run_meter.h"

namespace cloudsync {

RunMeter::RunMeter(const Clock& clock, RunReporter& reporter, std::string space)
    : reporter_(reporter),
      space_(std::move(space)),
      meter_(clock, [this](const Meter::Counters& counters) { report(counters); }) {}

void RunMeter::begin(RunProgress::Phase phase, std::uint64_t files, ByteCount bytes) {
  Meter::Counters& counters = meter_.counters();
  counters.failed = 0;
  counters.filesTotal = counters.filesDone + files;
  counters.bytesTotal = counters.bytesDone + bytes;
  enter(phase);
}

void RunMeter::looked(std::uint64_t scanned, std::uint64_t skipped) {
  scanned_ = scanned;
  skipped_ = skipped;
}

void RunMeter::enter(RunProgress::Phase phase) {
  phase_ = phase;
  meter_.flush();
}

// The total first: a reader of both never sees more done than there is.
void RunMeter::moved(ByteCount bytes, ByteCount beyondPlan) {
  meter_.counters().bytesTotal += beyondPlan;
  meter_.addBytes(bytes);
}

void RunMeter::notNeeded(ByteCount planned) { meter_.counters().bytesTotal -= planned; }

void RunMeter::fileDone() {
  ++meter_.counters().filesDone;
  meter_.tell();
}

void RunMeter::fileFailed() {
  ++meter_.counters().failed;
  meter_.tell();
}

void RunMeter::report(const Meter::Counters& counters) {
  RunProgress progress;
  progress.space = space_;
  progress.phase = phase_;
  progress.filesDone = counters.filesDone;
  progress.filesTotal = counters.filesTotal;
  progress.bytesDone = counters.bytesDone;
  progress.bytesTotal = counters.bytesTotal;
  progress.failed = counters.failed;
  progress.scanned = scanned_;
  progress.skipped = skipped_;
  reporter_.progressed(progress);
}

void FileMeter::moved(ByteCount bytes) {
  std::lock_guard lock(mutex_);
  if (ended_) return;
  moved_ += bytes;
  ByteCount beyond = moved_ > planned_ ? moved_ - planned_ : 0;
  planned_ += beyond;
  run_->moved(bytes, beyond);
}

void FileMeter::allThere() {
  std::lock_guard lock(mutex_);
  if (ended_ || moved_ >= planned_) return;
  run_->moved(planned_ - moved_, 0);
  moved_ = planned_;
}

void FileMeter::done() {
  std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  run_->notNeeded(planned_ - moved_);
}

void FileMeter::givenUp() {
  std::lock_guard lock(mutex_);
  ended_ = true;
}

void MeteredDownload::progressed(const DownloadTask& task) {
  ByteCount now = task.processed;
  ByteCount before = counted_.exchange(now);
  if (now > before) meter_->moved(now - before);
}

}  // namespace cloudsync
