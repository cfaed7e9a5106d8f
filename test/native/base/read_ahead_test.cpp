#include "base/read_ahead.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/sim_scheduler.h"

namespace cloudsync {
namespace {

struct Facts {
  int number = 0;
};

// Hands on as many batches of one entry, then fails, throws, or ends.
class Numbers final : public EntryStream<Facts> {
 public:
  enum class End { regular, error, exception };
  Numbers(int count, End end, int& asked) : count_(count), end_(end), asked_(asked) {}

  Task<Result<EntryBatch<Facts>>> next(CancelToken cancel) override {
    ++asked_;
    if (cancel.cancelled()) co_return Error{ErrorKind::cancelled, "stopped", "", 0};
    EntryBatch<Facts> batch;
    if (at_ < count_) {
      batch.add(EntryKind::file, {}, std::to_string(at_), {}).facts.number = at_;
      ++at_;
      co_return batch;
    }
    if (end_ == End::error) co_return Error{ErrorKind::network, "away", "", 0};
    if (end_ == End::exception) throw std::runtime_error("a bug");
    co_return batch;
  }

 private:
  const int count_;
  const End end_;
  int& asked_;
  int at_ = 0;
};

class ReadingAhead : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::unique_ptr<EntryStream<Facts>> numbers(int count, Numbers::End end) {
    return readAhead<Facts>(scheduler_, std::make_unique<Numbers>(count, end, asked_));
  }
  // What the stream tells, up to `most` batches: "0 1 2 end".
  static Task<void> tell(EntryStream<Facts>& stream, int most, CancelToken cancel,
                         std::string& told) {
    for (int i = 0; i < most; ++i) {
      Result<EntryBatch<Facts>> batch = Error{};
      try {
        batch = co_await stream.next(cancel);
      } catch (const std::runtime_error& thrown) {
        told += thrown.what();
        co_return;
      }
      if (!batch.ok()) {
        told += std::string(nameOf(batch.error().kind));
        co_return;
      }
      if (batch->empty()) {
        told += "end";
        co_return;
      }
      told += std::string(batch->entries().front().key) + " ";
    }
  }
  std::string tellAll(EntryStream<Facts>& stream, int most, CancelToken cancel = {}) {
    std::string told;
    spawn(scheduler_, Lane::background, tell(stream, most, std::move(cancel), told),
          [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    scheduler_.run();
    return told;
  }

  int asked_ = 0;
  SimScheduler scheduler_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(InAnyOrder, ReadingAhead, testing::Range<std::uint64_t>(1, 9));

TEST_P(ReadingAhead, HandsOnEverythingInOrder) {
  auto stream = numbers(3, Numbers::End::regular);
  EXPECT_EQ(tellAll(*stream, 10), "0 1 2 end");
  EXPECT_EQ(asked_, 4);  // behind the end it asks no more
}

TEST_P(ReadingAhead, ReadsOneBatchMoreThanWasTaken) {
  auto stream = numbers(9, Numbers::End::regular);
  EXPECT_EQ(tellAll(*stream, 2), "0 1 ");
  EXPECT_EQ(asked_, 3);
}

TEST_P(ReadingAhead, AnErrorComesInItsPlace) {
  auto stream = numbers(2, Numbers::End::error);
  EXPECT_EQ(tellAll(*stream, 10), "0 1 network");
}

TEST_P(ReadingAhead, AnExceptionComesInItsPlace) {
  auto stream = numbers(1, Numbers::End::exception);
  EXPECT_EQ(tellAll(*stream, 10), "0 a bug");
}

TEST_P(ReadingAhead, AStoppedStreamSaysSo) {
  auto stream = numbers(9, Numbers::End::regular);
  CancelSource source;
  source.cancel();
  EXPECT_EQ(tellAll(*stream, 10, source.token()), "cancelled");
}

TEST_P(ReadingAhead, MayBeDroppedWhileItReads) {
  auto stream = numbers(9, Numbers::End::regular);
  std::string told;
  spawn(scheduler_, Lane::background, tell(*stream, 1, {}, told), [](std::exception_ptr) {});
  while (told.empty()) scheduler_.step();
  stream = nullptr;  // the next batch may be on its way
  scheduler_.run();
  EXPECT_EQ(told, "0 ");
}

}  // namespace
}  // namespace cloudsync
