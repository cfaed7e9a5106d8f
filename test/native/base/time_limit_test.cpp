#include "base/time_limit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/pool_scheduler.h"
#include "base/result.h"
#include "base/sim_scheduler.h"
#include "base/spawn.h"

namespace cloudsync {
namespace {

using namespace std::chrono_literals;

Task<Result<int>> answerAfter(Scheduler& scheduler, Duration time, CancelToken cancel) {
  bool slept = co_await scheduler.sleep(time, cancel);
  if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", "", 0};
  co_return 42;
}

Task<Result<int>> fail(CancelToken) {
  throw std::runtime_error("as planned");
  co_return 0;
}

struct Ended {
  std::string outcome;
  bool wasOver = false;
};

Task<Ended> within(Scheduler& scheduler, Duration most, Duration time, CancelToken outer) {
  TimeLimit limit(scheduler, most, outer);
  Task<Result<int>> answering = answerAfter(scheduler, time, limit.token());
  Task<Result<int>> limited = limit.run(std::move(answering));
  Result<int> answer = co_await limited;
  std::string outcome = answer ? std::to_string(*answer) : std::string(nameOf(answer.error().kind));
  co_return Ended{outcome, limit.isOver()};
}

Task<std::string> throwWithin(Scheduler& scheduler) {
  TimeLimit limit(scheduler, 1h, CancelToken());
  Task<Result<int>> failing = fail(limit.token());
  Task<Result<int>> limited = limit.run(std::move(failing));
  try {
    (void)co_await limited;
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
  co_return "nothing escaped";
}

Task<void> cancelAfter(Scheduler& scheduler, Duration time, CancelSource source) {
  co_await scheduler.sleep(time, CancelToken());
  source.cancel();
}

// Virtual time at which `task` had ended.
template <class T>
Duration play(SimScheduler& scheduler, Task<T> task, std::optional<T>& out) {
  SteadyTime begin = scheduler.clock().steadyTime();
  spawn(scheduler, Lane::transfer, detail::storeInto(std::move(task), out),
        [](std::exception_ptr) {});
  while (!out && scheduler.step()) {
  }
  return scheduler.clock().steadyTime() - begin;
}

TEST(TimeLimit, LetsATaskEndThatIsInTime) {
  SimScheduler scheduler(1);
  std::optional<Ended> ended;
  EXPECT_EQ(play(scheduler, within(scheduler, 10s, 9s, CancelToken()), ended), 9s);
  EXPECT_EQ(ended->outcome, "42");
  EXPECT_FALSE(ended->wasOver);
}

TEST(TimeLimit, CancelsATaskThatIsLate) {
  SimScheduler scheduler(1);
  std::optional<Ended> ended;
  EXPECT_EQ(play(scheduler, within(scheduler, 10s, 1h, CancelToken()), ended), 10s);
  EXPECT_EQ(ended->outcome, "cancelled");
  EXPECT_TRUE(ended->wasOver);
}

TEST(TimeLimit, PassesACancellationOn) {
  SimScheduler scheduler(1);
  CancelSource source;
  spawn(scheduler, Lane::transfer, cancelAfter(scheduler, 3s, source), [](std::exception_ptr) {});
  std::optional<Ended> ended;
  EXPECT_EQ(play(scheduler, within(scheduler, 10s, 1h, source.token()), ended), 3s);
  EXPECT_EQ(ended->outcome, "cancelled");
  EXPECT_FALSE(ended->wasOver);
  EXPECT_EQ(play(scheduler, within(scheduler, 10s, 1h, source.token()), ended), 0s);
}

TEST(TimeLimit, PassesAnExceptionOn) {
  SimScheduler scheduler(1);
  std::optional<std::string> escaped;
  play(scheduler, throwWithin(scheduler), escaped);
  EXPECT_EQ(escaped, "as planned");
}

// Time and end come together: whatever wins, nothing hangs and nothing is touched afterwards.
TEST(TimeLimit, EndsOnceOnRealThreads) {
  SystemClock clock;
  PoolScheduler scheduler(clock, {.transfer = 4, .background = 1});
  for (int i = 0; i < 200; ++i) {
    Ended ended = blockOn(scheduler, Lane::transfer, within(scheduler, 1ms, 1ms, CancelToken()));
    EXPECT_TRUE(ended.outcome == "42" || (ended.outcome == "cancelled" && ended.wasOver));
  }
}

}  // namespace
}  // namespace cloudsync
