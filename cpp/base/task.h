#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace cloudsync {

// A straight-line function that may wait: started by `co_await`, resumed by a Scheduler.
//
// Rules, each of them once a bug somewhere:
//  - Parameters that must outlive the first wait are taken by value.
//  - g++ 12 mishandles temporaries inside a `co_await` expression: name the task first, then
//    `co_await std::move(task)`, or pass arguments that are already named.
//  - A lambda coroutine's captures die with the lambda object, not with the coroutine: use a
//    member or free function.
//  - Nothing is held across a `co_await` that another thread may want: no lock, no transaction.
//
// There is no symmetric transfer: g++ turns it into a tail call only at -O2, and in sanitizer
// builds a loop of tasks that finish at once would eat the stack. Instead the awaiting and the
// finishing side meet at an atomic flag; whoever comes second goes on.
template <class T>
class Task;

namespace detail {

class TaskPromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      TaskPromiseBase& promise = self.promise();
      std::coroutine_handle<> continuation = promise.continuation_;
      // After the exchange the frame may already be gone: touch nothing of it.
      if (promise.met_.exchange(true, std::memory_order_acq_rel)) continuation.resume();
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }

  void unhandled_exception() noexcept { exception_ = std::current_exception(); }

  // Starts the task for `continuation`. True: it has not finished, and will resume `continuation`.
  template <class Promise>
  static bool start(std::coroutine_handle<Promise> self, std::coroutine_handle<> continuation) {
    TaskPromiseBase& promise = self.promise();
    promise.continuation_ = continuation;
    self.resume();
    return !promise.met_.exchange(true, std::memory_order_acq_rel);
  }

 protected:
  void rethrow() {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::coroutine_handle<> continuation_;
  std::atomic<bool> met_{false};
  std::exception_ptr exception_;
};

template <class T>
class TaskPromise : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    rethrow();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() { rethrow(); }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { destroy(); }

  struct Awaiter {
    Handle handle;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> continuation) {
      return detail::TaskPromiseBase::start(handle, continuation);
    }
    T await_resume() { return handle.promise().take(); }
  };
  // Awaited once. On an lvalue too, so that a task can be named before it is awaited.
  Awaiter operator co_await() const noexcept { return Awaiter{handle_}; }

 private:
  friend promise_type;
  explicit Task(Handle handle) : handle_(handle) {}
  void destroy() {
    if (handle_) handle_.destroy();
    handle_ = nullptr;
  }

  Handle handle_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

}  // namespace detail

}  // namespace cloudsync
