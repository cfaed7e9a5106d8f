#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/async_semaphore.h"
#include "base/channel.h"
#include "base/pool_scheduler.h"
#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "base/task_group.h"

namespace cloudsync {
namespace {

using namespace std::chrono_literals;

Task<int> addLater(Scheduler& scheduler, int a, int b) {
  co_await scheduler.sleep(10ms, CancelToken());
  co_return a + b;
}

Task<int> sumOfMany(int count) {
  struct Step {
    static Task<int> one(int i) { co_return i; }
  };
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await Step::one(1);
  co_return sum;
}

Task<void> fail() {
  throw std::runtime_error("as planned");
  co_return;
}

Task<void> appendAfter(Scheduler& scheduler, std::string& trace, char name, int steps) {
  for (int i = 0; i < steps; ++i) {
    co_await scheduler.yield();
    trace += name;
  }
}

Task<void> runTogether(Scheduler& scheduler, std::string& trace) {
  TaskGroup group(scheduler);
  for (char name : {'a', 'b', 'c'}) group.add(appendAfter(scheduler, trace, name, 5));
  co_await group.join();
}

std::string traceOf(std::uint64_t seed) {
  SimScheduler scheduler(seed);
  std::string trace;
  spawn(scheduler, Lane::transfer, runTogether(scheduler, trace), [](std::exception_ptr) {});
  scheduler.run();
  return trace;
}

TEST(SimScheduler, TheSameSeedGivesTheSameRun) {
  EXPECT_EQ(traceOf(7), traceOf(7));
  EXPECT_EQ(traceOf(7).size(), 15u);
  EXPECT_NE(traceOf(7), traceOf(8));
}

TEST(SimScheduler, VirtualTimePassesAtOnce) {
  SimScheduler scheduler(1);
  SteadyTime before = scheduler.clock().steadyTime();
  std::optional<int> answer;
  spawn(scheduler, Lane::transfer, detail::storeInto(addLater(scheduler, 2, 3), answer),
        [](std::exception_ptr) {});
  scheduler.run();
  EXPECT_EQ(answer, 5);
  EXPECT_EQ(scheduler.clock().steadyTime() - before, 10ms);
}

TEST(Task, LoopsOfFinishedTasksDoNotEatTheStack) {
  SimScheduler scheduler(1);
  std::optional<int> answer;
  spawn(scheduler, Lane::transfer, detail::storeInto(sumOfMany(1'000'000), answer),
        [](std::exception_ptr) {});
  scheduler.run();
  EXPECT_EQ(answer, 1'000'000);
}

TEST(Task, AnExceptionReachesWhoAwaitsIt) {
  SystemClock clock;
  PoolScheduler scheduler(clock, {.transfer = 2, .background = 1});
  std::promise<std::string> caught;
  spawn(scheduler, Lane::transfer, fail(), [&caught](std::exception_ptr failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      caught.set_value(error.what());
    }
  });
  EXPECT_EQ(caught.get_future().get(), "as planned");
}

Task<bool> sleepLong(Scheduler& scheduler, CancelToken cancel) {
  bool slept = co_await scheduler.sleep(1h, cancel);
  co_return slept;
}

Task<void> holdWhileAsleep(Scheduler& scheduler, std::shared_ptr<int> held) {
  co_await scheduler.sleep(1h, CancelToken());
  *held = 1;
}

Task<void> holdInAGroup(Scheduler& scheduler, std::shared_ptr<int> held) {
  TaskGroup group(scheduler);
  for (int i = 0; i < 3; ++i) group.add(holdWhileAsleep(scheduler, held));
  co_await group.join();
}

Task<void> holdWithAPermit(AsyncSemaphore& semaphore, std::shared_ptr<int> held) {
  AsyncSemaphore::Permit permit = co_await semaphore.acquire();
  co_await semaphore.acquire();
  *held = 1;
}

// Whatever they wait for, and whether they have begun or not.
void dropAll(Scheduler& scheduler, AsyncSemaphore& semaphore, const std::shared_ptr<int>& held) {
  auto start = [&scheduler, held](Task<void> task) {
    spawn(scheduler, Lane::transfer, std::move(task), [held](std::exception_ptr) { *held = 1; });
  };
  start(holdWhileAsleep(scheduler, held));
  start(holdInAGroup(scheduler, held));
  for (int i = 0; i < 3; ++i) start(holdWithAPermit(semaphore, held));
}

TEST(PoolScheduler, ReleasesWhatItsUnfinishedTasksHold) {
  SystemClock clock;
  auto held = std::make_shared<int>(0);
  std::optional<PoolScheduler> scheduler;
  scheduler.emplace(clock, PoolScheduler::Sizes{.transfer = 2, .background = 1});
  AsyncSemaphore semaphore(*scheduler, 1);
  dropAll(*scheduler, semaphore, held);
  scheduler->stop();
  EXPECT_EQ(held.use_count(), 1);
  dropAll(*scheduler, semaphore, held);  // nobody runs these any more
  scheduler.reset();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
}

TEST(SimScheduler, ReleasesWhatItsUnfinishedTasksHold) {
  auto held = std::make_shared<int>(0);
  std::optional<SimScheduler> scheduler;
  scheduler.emplace(1U);
  AsyncSemaphore semaphore(*scheduler, 1);
  dropAll(*scheduler, semaphore, held);
  for (int i = 0; i < 5; ++i) scheduler->step();
  scheduler.reset();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
}

TEST(PoolScheduler, CancellationEndsASleep) {
  SystemClock clock;
  PoolScheduler scheduler(clock, {.transfer = 2, .background = 1});
  for (int i = 0; i < 200; ++i) {
    CancelSource source;
    std::thread canceller([&source] { source.cancel(); });
    EXPECT_FALSE(blockOn(scheduler, Lane::transfer, sleepLong(scheduler, source.token())));
    canceller.join();
  }
}

Task<void> holdPermit(Scheduler& scheduler, AsyncSemaphore& semaphore, std::atomic<int>& inside,
                      std::atomic<int>& most) {
  AsyncSemaphore::Permit permit = co_await semaphore.acquire();
  int now = ++inside;
  int seen = most.load();
  while (now > seen && !most.compare_exchange_weak(seen, now)) {
  }
  co_await scheduler.yield();
  --inside;
}

Task<int> crowd(Scheduler& scheduler, AsyncSemaphore& semaphore) {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  TaskGroup group(scheduler);
  for (int i = 0; i < 500; ++i) group.add(holdPermit(scheduler, semaphore, inside, most));
  co_await group.join();
  co_return most.load();
}

TEST(AsyncSemaphore, LetsNoMoreInThanItHasPermits) {
  SystemClock clock;
  PoolScheduler scheduler(clock, {.transfer = 4, .background = 1});
  AsyncSemaphore semaphore(scheduler, 3);
  int most = blockOn(scheduler, Lane::transfer, crowd(scheduler, semaphore));
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

Task<void> produce(Channel<int>& channel, int from, int count) {
  for (int i = from; i < from + count; ++i) {
    bool taken = co_await channel.push(i);
    EXPECT_TRUE(taken);
  }
}

Task<void> closeAfter(Scheduler& scheduler, Channel<int>& channel) {
  TaskGroup producers(scheduler);
  for (int p = 0; p < 3; ++p) producers.add(produce(channel, p * 1000, 1000));
  co_await producers.join();
  channel.close();
}

Task<std::int64_t> consume(Scheduler& scheduler, Channel<int>& channel) {
  TaskGroup group(scheduler);
  group.add(closeAfter(scheduler, channel));
  std::int64_t sum = 0;
  while (true) {
    std::optional<int> item = co_await channel.pop();
    if (!item) break;
    sum += *item;
  }
  co_await group.join();
  co_return sum;
}

TEST(Channel, EveryItemArrivesOnceUnderLoadAndInTheSimulator) {
  constexpr std::int64_t kSum = 2999LL * 3000 / 2;
  SystemClock clock;
  PoolScheduler pool(clock, {.transfer = 4, .background = 1});
  Channel<int> channel(pool, 4);
  EXPECT_EQ(blockOn(pool, Lane::transfer, consume(pool, channel)), kSum);

  SimScheduler sim(42);
  Channel<int> simChannel(sim, 4);
  std::optional<std::int64_t> answer;
  spawn(sim, Lane::transfer, detail::storeInto(consume(sim, simChannel), answer),
        [](std::exception_ptr) {});
  sim.run();
  EXPECT_EQ(answer, kSum);
}

}  // namespace
}  // namespace cloudsync
