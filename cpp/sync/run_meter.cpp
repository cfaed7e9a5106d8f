#include "sync/run_meter.h"

namespace cloudsync {

void RunMeter::begin(RunProgress::Phase phase, std::uint64_t files, ByteCount bytes) {
  phase_ = static_cast<int>(phase);
  filesTotal_ += files;
  bytesTotal_ += bytes;
  report();
}

void RunMeter::moved(ByteCount bytes) {
  bytesDone_ += bytes;
  report();
}

void RunMeter::fileDone() {
  ++filesDone_;
  report();
}

void RunMeter::fileFailed() {
  ++failed_;
  report();
}

void RunMeter::report() {
  RunProgress progress;
  progress.space = space_;
  progress.phase = static_cast<RunProgress::Phase>(phase_.load());
  progress.filesDone = filesDone_;
  progress.filesTotal = filesTotal_;
  progress.bytesDone = bytesDone_;
  progress.bytesTotal = bytesTotal_;
  progress.failed = failed_;
  reporter_.progressed(progress);
}

void MeteredDownload::progressed(const DownloadTask& task) {
  ByteCount now = task.processed;
  ByteCount before = counted_.exchange(now);
  if (now > before) meter_->moved(now - before);
}

}  // namespace cloudsync
