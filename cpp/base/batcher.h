#pragma once

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/scheduler.h"
#include "base/spawn.h"

namespace cloudsync {

// Group commit: what many coroutines submit while a round is running goes into the next round
// together, so that a thousand small files share their fsyncs and transactions. `run` is blocking,
// is never called twice at a time, and answers every item in order. Any thread. Outlives whoever
// waits in it; whoever waits keeps it alive.
template <class Item, class Answer>
class Batcher {
 public:
  using Run = std::function<std::vector<Answer>(std::span<Item>)>;

  Batcher(Scheduler& scheduler, std::size_t mostPerRound, Run run)
      : scheduler_(scheduler), most_(mostPerRound), run_(std::move(run)) {}
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // `Answer answer = co_await batcher.submit(std::move(item));`
  auto submit(Item item) {
    struct Awaiter {
      Batcher& batcher;
      Item item;
      std::optional<Answer> answer;
      std::exception_ptr failure;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> self) {
        batcher.enqueue(Waiter{self, Scheduler::currentLane(), &item, &answer, &failure});
      }
      Answer await_resume() {
        if (failure) std::rethrow_exception(failure);
        return std::move(*answer);
      }
    };
    return Awaiter{*this, std::move(item), std::nullopt, nullptr};
  }

 private:
  struct Waiter {
    std::coroutine_handle<> coroutine;
    Lane lane;
    Item* item;
    std::optional<Answer>* answer;
    std::exception_ptr* failure;
  };

  void enqueue(Waiter waiter) {
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(waiter);
      if (running_) return;
      running_ = true;
    }
    spawn(scheduler_, waiter.lane, runRounds(), [](std::exception_ptr) {});
  }

  Task<void> runRounds() {
    Scheduler& scheduler = scheduler_;
    std::vector<Waiter> round = takeRound();
    while (!round.empty()) {
      answer(round);
      // Whoever is resumed below may be the last user of this object: it says first whether there
      // is another round, and if not, nothing of it is touched any more.
      std::vector<Waiter> next = takeRound();
      for (const Waiter& waiter : round) scheduler.post(waiter.coroutine, waiter.lane);
      round = std::move(next);
    }
    co_return;
  }

  std::vector<Waiter> takeRound() {
    std::lock_guard lock(mutex_);
    std::size_t count = std::min(most_, waiting_.size());
    auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Waiter> round(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    if (round.empty()) running_ = false;
    return round;
  }

  void answer(std::vector<Waiter>& round) {
    std::vector<Item> items;
    items.reserve(round.size());
    for (Waiter& waiter : round) items.push_back(std::move(*waiter.item));
    try {
      std::vector<Answer> answers = run_(std::span<Item>(items));
      for (std::size_t i = 0; i < round.size(); ++i) {
        round[i].answer->emplace(std::move(answers[i]));
      }
    } catch (...) {
      // A bug or exhausted memory: everybody hears of it, and nobody waits for ever.
      for (const Waiter& waiter : round) *waiter.failure = std::current_exception();
    }
  }

  Scheduler& scheduler_;
  const std::size_t most_;
  const Run run_;
  std::mutex mutex_;
  bool running_ = false;         // guarded by mutex_
  std::vector<Waiter> waiting_;  // guarded by mutex_
};

}  // namespace cloudsync
