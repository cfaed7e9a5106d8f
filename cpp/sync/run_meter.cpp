#include "sync/run_meter.h"

namespace cloudsync {

RunMeter::RunMeter(const Clock& clock, RunReporter& reporter, std::string space)
    : reporter_(reporter),
      space_(std::move(space)),
      meter_(clock, [this](const Meter::Counters& counters) { report(counters); }) {}

void RunMeter::begin(RunProgress::Phase phase, std::uint64_t files, ByteCount bytes) {
  meter_.counters().filesTotal += files;
  meter_.counters().bytesTotal += bytes;
  enter(phase);
}

void RunMeter::enter(RunProgress::Phase phase) {
  phase_ = phase;
  meter_.flush();
}

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
  reporter_.progressed(progress);
}

void MeteredDownload::progressed(const DownloadTask& task) {
  ByteCount now = task.processed;
  ByteCount before = counted_.exchange(now);
  if (now > before) meter_->moved(now - before);
}

}  // namespace cloudsync
