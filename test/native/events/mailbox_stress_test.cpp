#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "events/mailbox.h"
#include "events/meter.h"

namespace cloudsync {
namespace {

constexpr std::uint64_t kThreads = 4;
constexpr std::uint64_t kTasksPerThread = 40;
constexpr std::uint64_t kTasks = kThreads * kTasksPerThread;
constexpr std::uint64_t kPostsPerTask = 1'000'000 / kTasks;

// Stands for the ThreadSafeFunction and the event loop behind it.
class Loop {
 public:
  void wake() {
    std::lock_guard lock(mutex_);
    ++wakes_;
    woken_ = true;
    changed_.notify_one();
  }
  // False: the posters are done and nothing was posted since.
  bool wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return woken_ || over_; });
    return std::exchange(woken_, false);
  }
  void end() {
    std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_one();
  }
  std::uint64_t wakes() {
    std::lock_guard lock(mutex_);
    return wakes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t wakes_ = 0;
  bool woken_ = false;
  bool over_ = false;
};

TransferEvent eventOf(std::uint64_t thread, std::uint64_t task, ByteCount processed) {
  TransferEvent event;
  event.watcher = thread;
  event.task = TaskId{static_cast<std::int64_t>(task)};
  event.processed = processed;
  event.size = kPostsPerTask;
  return event;
}

// One thread's tasks move side by side, as the transfers of a pool thread do.
void postAll(Mailbox& box, std::uint64_t thread) {
  for (ByteCount processed = 1; processed <= kPostsPerTask; ++processed) {
    for (std::uint64_t task = 0; task < kTasksPerThread; ++task) {
      TransferEvent event = eventOf(thread, task, processed);
      if (processed == kPostsPerTask) event.state = TransferState::completed;
      box.post(std::move(event));
    }
  }
}

struct Seen {
  ByteCount processed = 0;
  bool ended = false;
};

TEST(MailboxStress, aMillionPostsFromFourThreadsLoseNoFinalState) {
  Loop loop;
  Mailbox box([&loop] { loop.wake(); });

  std::map<std::pair<std::uint64_t, TaskId>, Seen> tasks;
  std::uint64_t drains = 0;
  std::uint64_t delivered = 0;
  std::uint64_t finals = 0;
  std::uint64_t afterFinal = 0;
  std::uint64_t wentBack = 0;
  std::jthread reader([&] {
    while (loop.wait()) {
      ++drains;
      for (const Event& event : box.drain()) {
        const auto& transfer = std::get<TransferEvent>(event);
        Seen& seen = tasks[{transfer.watcher, transfer.task}];
        ++delivered;
        if (seen.ended) ++afterFinal;
        if (transfer.processed < seen.processed) ++wentBack;
        seen.processed = transfer.processed;
        if (transfer.state == TransferState::completed) {
          seen.ended = true;
          ++finals;
        }
      }
    }
  });
  {
    std::vector<std::jthread> posters;
    for (std::uint64_t t = 0; t < kThreads; ++t)
      posters.emplace_back([&box, t] { postAll(box, t); });
  }
  loop.end();
  reader.join();

  std::printf("posts %llu, wakes %llu, drains %llu, delivered %llu\n",
              static_cast<unsigned long long>(kTasks * kPostsPerTask),
              static_cast<unsigned long long>(loop.wakes()),
              static_cast<unsigned long long>(drains), static_cast<unsigned long long>(delivered));
  EXPECT_EQ(tasks.size(), kTasks);
  EXPECT_EQ(finals, kTasks);
  EXPECT_EQ(afterFinal, 0u);
  EXPECT_EQ(wentBack, 0u);
  EXPECT_LE(drains, loop.wakes());
}

TEST(MailboxStress, closingWhileOthersPostIsQuietAfterwards) {
  for (int round = 0; round < 50; ++round) {
    Loop loop;
    Mailbox box([&loop] { loop.wake(); });
    std::vector<std::jthread> posters;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      posters.emplace_back([&box, t] {
        for (ByteCount i = 0; i < 200; ++i) box.post(eventOf(t, 0, i));
      });
    }
    box.close();
    posters.clear();
    EXPECT_TRUE(box.drain().empty());
  }
}

}  // namespace
}  // namespace cloudsync
