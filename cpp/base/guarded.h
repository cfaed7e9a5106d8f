#pragma once

#include <mutex>
#include <utility>

namespace cloudsync {

// A mutex and what it guards as one object: the value is reachable only through lock().
// Never await, call back or do I/O while the lock is held.
template <class T>
class Guarded {
 public:
  class Locked {
   public:
    Locked(std::mutex& mutex, T& value) : lock_(mutex), value_(value) {}
    T* operator->() { return &value_; }
    T& operator*() { return value_; }
    std::unique_lock<std::mutex>& lock() { return lock_; }  // for condition variables

   private:
    std::unique_lock<std::mutex> lock_;
    T& value_;
  };

  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  Locked lock() { return Locked(mutex_, value_); }

 private:
  std::mutex mutex_;
  T value_{};
};

}  // namespace cloudsync
