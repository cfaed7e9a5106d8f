#include "service/download_watch.h"

namespace cloudsync {

DownloadWatch::DownloadWatch(const Clock& clock, std::shared_ptr<Mailbox> mailbox,
                             std::uint64_t watcher, std::string uri)
    : mailbox_(std::move(mailbox)),
      watcher_(watcher),
      uri_(std::move(uri)),
      meter_(clock, [this](const Meter::Counters& counters) {
        post(TransferState::running, counters.bytesDone, counters.bytesTotal, std::nullopt);
      }) {}

void DownloadWatch::progressed(const DownloadTask& task) {
  task_ = task.id.value;
  meter_.counters().bytesTotal = task.size.load();
  meter_.counters().bytesDone = task.processed.load();
  meter_.tell();
}

void DownloadWatch::finished(const DownloadTask& task, const Result<BaseRow>& result) {
  task_ = task.id.value;
  ByteCount size = task.size;
  canWait_ = task.othersWait.load();
  // A small file may be done before anybody told of progress: RUNNING comes at least once.
  progressed(task);
  meter_.finish([&](const Meter::Counters& counters) {
    if (result.ok()) {
      post(TransferState::completed, size, size, std::nullopt);
    } else if (result.error().kind == ErrorKind::cancelled) {
      post(TransferState::stopped, counters.bytesDone, size, std::nullopt);
    } else {
      post(TransferState::failed, counters.bytesDone, size, result.error().kind);
    }
  });
}

void DownloadWatch::alreadyLocal(TaskId id, ByteCount size) {
  task_ = id.value;
  post(TransferState::running, size, size, std::nullopt);
  meter_.finish(
      [&](const Meter::Counters&) { post(TransferState::completed, size, size, std::nullopt); });
}

void DownloadWatch::failed(TaskId id, const Error& error) {
  task_ = id.value;
  meter_.finish([&](const Meter::Counters& counters) {
    post(TransferState::failed, counters.bytesDone, counters.bytesTotal, error.kind);
  });
}

void DownloadWatch::post(TransferState state, ByteCount processed, ByteCount size,
                         std::optional<ErrorKind> error) {
  TransferEvent event;
  event.watcher = watcher_;
  event.task = TaskId{task_};
  event.uri = uri_;
  event.state = state;
  event.processed = processed;
  event.size = size;
  event.error = error;
  event.canWait = state == TransferState::running || canWait_;
  mailbox_->post(event);
}

}  // namespace cloudsync
