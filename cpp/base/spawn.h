#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "base/scheduler.h"
#include "base/task.h"

namespace cloudsync {

namespace detail {

// A coroutine nobody awaits: its frame destroys itself at the end, or its scheduler does.
struct Detached {
  struct promise_type {
    // Gets the arguments of runDetached.
    promise_type(Scheduler& scheduler, Lane, const Task<void>&,
                 const std::function<void(std::exception_ptr)>&)
        : roots_(scheduler.roots()),
          place_(roots_.add(std::coroutine_handle<promise_type>::from_promise(*this))) {}
    promise_type(const promise_type&) = delete;
    promise_type& operator=(const promise_type&) = delete;
    ~promise_type() { roots_.remove(place_); }

    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }  // runDetached catches everything

   private:
    Roots& roots_;
    Roots::Place place_;
  };
};

inline Detached runDetached(Scheduler& scheduler, Lane lane, Task<void> task,
                            std::function<void(std::exception_ptr)> done) {
  std::exception_ptr failure;
  co_await scheduler.switchTo(lane);
  {
    // The task's frame, and with it every permit and guard among its parameters, goes before
    // anybody hears of its end: whoever is woken by `done` may take away what they belong to.
    Task<void> running = std::move(task);
    try {
      co_await running;
    } catch (...) {
      failure = std::current_exception();
    }
  }
  done(failure);
}

}  // namespace detail

// Starts `task` on `lane` and returns at once; `done` is called on its thread when it has ended,
// with the exception that escaped it, if any. `done` must not throw. When the scheduler ends before
// the task, the task is destroyed where it waits, and `done` without a call.
inline void spawn(Scheduler& scheduler, Lane lane, Task<void> task,
                  std::function<void(std::exception_ptr)> done) {
  detail::runDetached(scheduler, lane, std::move(task), std::move(done));
}

namespace detail {

template <class T>
Task<void> storeInto(Task<T> task, std::optional<T>& out) {
  out.emplace(co_await task);
}

}  // namespace detail

// Runs `task` and blocks the calling thread until it has ended. For threads that belong to
// nobody's pool (a JavaScript thread in a synchronous call, a test); never on a scheduler's own.
template <class T>
T blockOn(Scheduler& scheduler, Lane lane, Task<T> task) {
  std::optional<T> out;
  // Shared: the waiter may be gone while set_value() is still on its way out.
  auto ended = std::make_shared<std::promise<void>>();
  auto finish = [ended](std::exception_ptr failure) {
    if (failure) {
      ended->set_exception(failure);
    } else {
      ended->set_value();
    }
  };
  std::future<void> done = ended->get_future();
  spawn(scheduler, lane, detail::storeInto(std::move(task), out), finish);
  done.get();
  return std::move(*out);
}

}  // namespace cloudsync
