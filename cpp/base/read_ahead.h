#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "base/async_event.h"
#include "base/entry_batch.h"
#include "base/scheduler.h"
#include "base/spawn.h"

namespace cloudsync {

// A stream of which the next batch is read in the background while the last one is looked at: a
// merge of several waits for the slowest, not for all of them in turn. Holds one batch. Dropping it
// at any time is fine: a batch that is being read keeps the stream until it has come. What the
// stream itself refers to outlives the scheduler's work.
template <class Facts>
class ReadAhead final : public EntryStream<Facts> {
 public:
  ReadAhead(Scheduler& scheduler, std::unique_ptr<EntryStream<Facts>> stream)
      : scheduler_(scheduler), stream_(std::move(stream)) {}

  Task<Result<EntryBatch<Facts>>> next(CancelToken cancel) override {
    if (!coming_) begin(cancel);
    std::shared_ptr<Pull> pull = std::exchange(coming_, nullptr);
    co_await pull->arrived.wait();
    if (pull->failure) std::rethrow_exception(pull->failure);
    Result<EntryBatch<Facts>> batch = std::move(*pull->batch);
    if (batch.ok() && !batch->empty()) begin(cancel);
    co_return batch;
  }

 private:
  struct Pull {
    explicit Pull(Scheduler& scheduler) : arrived(scheduler) {}

    AsyncEvent arrived;
    std::optional<Result<EntryBatch<Facts>>> batch;
    std::exception_ptr failure;
  };

  static Task<void> read(std::shared_ptr<EntryStream<Facts>> stream, std::shared_ptr<Pull> pull,
                         CancelToken cancel) {
    pull->batch.emplace(co_await stream->next(cancel));
  }

  void begin(CancelToken cancel) {
    coming_ = std::make_shared<Pull>(scheduler_);
    spawn(scheduler_, Lane::background, read(stream_, coming_, std::move(cancel)),
          [pull = coming_](std::exception_ptr failure) {
            pull->failure = std::move(failure);
            pull->arrived.set();
          });
  }

  Scheduler& scheduler_;
  const std::shared_ptr<EntryStream<Facts>> stream_;
  std::shared_ptr<Pull> coming_;  // null: nothing is being read
};

template <class Facts>
std::unique_ptr<EntryStream<Facts>> readAhead(Scheduler& scheduler,
                                              std::unique_ptr<EntryStream<Facts>> stream) {
  return std::make_unique<ReadAhead<Facts>>(scheduler, std::move(stream));
}

}  // namespace cloudsync
