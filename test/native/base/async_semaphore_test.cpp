#include "base/async_semaphore.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "base/pool_scheduler.h"
#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "base/task_group.h"

namespace cloudsync {
namespace {

using Permit = AsyncSemaphore::Permit;

// 'p' for each that got a permit, 'c' for each that was cancelled.
Task<void> tryIt(AsyncSemaphore& semaphore, CancelToken cancel, std::string& trace) {
  std::optional<Permit> permit = co_await semaphore.acquire(cancel);
  trace += permit ? 'p' : 'c';
}

Task<void> take(AsyncSemaphore& semaphore, std::optional<Permit>& out) {
  out.emplace(co_await semaphore.acquire());
}

class Queue : public testing::Test {
 protected:
  void start(Task<void> task) {
    spawn(scheduler, Lane::transfer, std::move(task), [](std::exception_ptr) {});
    scheduler.run();
  }

  SimScheduler scheduler{1};
  AsyncSemaphore semaphore{scheduler, 1};
  CancelSource source;
  std::string trace;
};

TEST_F(Queue, ACancelledWaiterGoesAtOnce) {
  std::optional<Permit> held;
  start(take(semaphore, held));
  start(tryIt(semaphore, source.token(), trace));
  start(tryIt(semaphore, CancelToken(), trace));
  EXPECT_EQ(trace, "");
  source.cancel();
  scheduler.run();
  EXPECT_EQ(trace, "c");
  held.reset();
  scheduler.run();
  EXPECT_EQ(trace, "cp");
  start(tryIt(semaphore, CancelToken(), trace));  // the permit is free again
  EXPECT_EQ(trace, "cpp");
}

TEST_F(Queue, WhoWasCancelledBeforeTakesNoPermit) {
  source.cancel();
  start(tryIt(semaphore, source.token(), trace));
  EXPECT_EQ(trace, "c");
  start(tryIt(semaphore, CancelToken(), trace));
  EXPECT_EQ(trace, "cp");
}

TEST_F(Queue, APermitThatWasGivenIsNotTakenBack) {
  std::optional<Permit> held;
  start(take(semaphore, held));
  start(tryIt(semaphore, source.token(), trace));
  held.reset();     // the waiter is on its way with its permit
  source.cancel();  // too late
  scheduler.run();
  EXPECT_EQ(trace, "p");
  start(tryIt(semaphore, CancelToken(), trace));
  EXPECT_EQ(trace, "pp");
}

Task<void> compete(Scheduler& scheduler, AsyncSemaphore& semaphore, CancelToken cancel,
                   std::atomic<int>& inside, std::atomic<bool>& crowded) {
  std::optional<Permit> permit = co_await semaphore.acquire(cancel);
  if (!permit) co_return;
  if (++inside > 2) crowded = true;
  co_await scheduler.yield();
  --inside;
}

Task<bool> round(Scheduler& scheduler, AsyncSemaphore& semaphore,
                 const std::vector<CancelSource>& sources) {
  std::atomic<int> inside{0};
  std::atomic<bool> crowded{false};
  TaskGroup group(scheduler);
  for (const CancelSource& source : sources) {
    group.add(compete(scheduler, semaphore, source.token(), inside, crowded));
  }
  co_await group.join();
  // Both permits are there again: else this waits for ever.
  Permit first = co_await semaphore.acquire();
  Permit second = co_await semaphore.acquire();
  co_return crowded.load();
}

TEST(AsyncSemaphore, NoPermitIsLostWhenReleasesAndCancellationsMeet) {
  SystemClock clock;
  PoolScheduler scheduler(clock, {.transfer = 4, .background = 1});
  AsyncSemaphore semaphore(scheduler, 2);
  for (int i = 0; i < 300; ++i) {
    std::vector<CancelSource> sources(30);
    std::thread canceller([&sources] {
      for (std::size_t at = 0; at < sources.size(); at += 2) sources[at].cancel();
    });
    EXPECT_FALSE(blockOn(scheduler, Lane::transfer, round(scheduler, semaphore, sources)));
    canceller.join();
  }
}

}  // namespace
}  // namespace cloudsync
