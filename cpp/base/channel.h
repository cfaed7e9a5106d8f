#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/scheduler.h"

namespace cloudsync {

// A bounded queue between coroutines: `push` waits while it is full, `pop` while it is empty.
// One consumer, any number of producers. After `close`, pushes are refused and pops drain what
// is left, then yield nothing.
template <class T>
class Channel {
 public:
  Channel(Scheduler& scheduler, std::size_t capacity)
      : scheduler_(scheduler), capacity_(capacity) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // `bool taken = co_await channel.push(std::move(item))`: false when the channel is closed.
  auto push(T item) {
    struct Awaiter {
      Channel& channel;
      T item;
      bool taken = false;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) {
        std::unique_lock lock(channel.mutex_);
        if (channel.closed_) return false;
        if (channel.items_.size() < channel.capacity_) {
          taken = true;
          channel.items_.push_back(std::move(item));
          channel.wakeConsumer(lock);
          return false;
        }
        channel.producers_.push_back({self, Scheduler::currentLane(), &item, &taken});
        return true;
      }
      bool await_resume() const noexcept { return taken; }
    };
    return Awaiter{*this, std::move(item)};
  }

  // `std::optional<T> item = co_await channel.pop()`: nothing once closed and drained.
  auto pop() {
    struct Awaiter {
      Channel& channel;
      std::optional<T> item;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) {
        std::unique_lock lock(channel.mutex_);
        if (channel.items_.empty() && !channel.closed_) {
          channel.consumer_ = Consumer{self, Scheduler::currentLane(), &item};
          return true;
        }
        channel.takeFront(item, lock);
        return false;
      }
      std::optional<T> await_resume() { return std::move(item); }
    };
    return Awaiter{*this, std::nullopt};
  }

  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    std::deque<Producer> refused = std::exchange(producers_, {});
    Consumer consumer = std::exchange(consumer_, Consumer{});
    lock.unlock();
    for (const Producer& producer : refused) scheduler_.post(producer.coroutine, producer.lane);
    if (consumer.coroutine) scheduler_.post(consumer.coroutine, consumer.lane);
  }

 private:
  struct Producer {
    std::coroutine_handle<> coroutine;
    Lane lane;
    T* item;
    bool* taken;
  };
  struct Consumer {
    std::coroutine_handle<> coroutine;
    Lane lane = Lane::transfer;
    std::optional<T>* item = nullptr;
  };

  // Hands the front item to `out` and lets one waiting producer in. Unlocks.
  void takeFront(std::optional<T>& out, std::unique_lock<std::mutex>& lock) {
    if (items_.empty()) return;
    out.emplace(std::move(items_.front()));
    items_.pop_front();
    if (producers_.empty()) return;
    Producer next = producers_.front();
    producers_.pop_front();
    items_.push_back(std::move(*next.item));
    *next.taken = true;
    lock.unlock();
    scheduler_.post(next.coroutine, next.lane);
  }

  // A consumer waits only while there are no items: the one just pushed is for it. Unlocks.
  void wakeConsumer(std::unique_lock<std::mutex>& lock) {
    if (!consumer_.coroutine) return;
    Consumer consumer = std::exchange(consumer_, Consumer{});
    consumer.item->emplace(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    scheduler_.post(consumer.coroutine, consumer.lane);
  }

  Scheduler& scheduler_;
  const std::size_t capacity_;
  std::mutex mutex_;
  bool closed_ = false;  // guarded by mutex_, as are the rest
  std::deque<T> items_;
  std::deque<Producer> producers_;
  Consumer consumer_;
};

}  // namespace cloudsync
