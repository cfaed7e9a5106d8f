#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <mutex>

namespace cloudsync {

// Brings the engine's threads and one environment's event loop together: the only
// ThreadSafeFunction. `wake` from any thread; everything else on the environment's thread.
//
// Rules that were bugs elsewhere:
// - A call that answers "closing" is the last one: the function may be gone a moment later.
// - The loop runs our callback with a null environment, or one that may not run JavaScript any more
//   (a worker that is terminated): nothing may leave the callback then.
// - It does not keep the process alive unless somebody holds it.
class EventPump {
 public:
  // Makes the argument of the dispatch function.
  using Argument = std::function<Napi::Value(Napi::Env)>;

  static std::shared_ptr<EventPump> start(Napi::Env env, Napi::Function dispatch,
                                          Argument argument);

  // Something is unread: calls the dispatch function soon, on the environment's thread.
  void wake();

  // While it is held, the process stays alive. Not counted: lib/ counts.
  void hold(Napi::Env env);
  void release(Napi::Env env);

  // Nothing is called afterwards. Idempotent.
  void close();

 private:
  explicit EventPump(Argument argument) : argument_(std::move(argument)) {}
  static void onLoop(napi_env env, napi_value dispatch, void* context, void* data);

  const Argument argument_;
  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;  // guarded by mutex_; null once closed
};

}  // namespace cloudsync
