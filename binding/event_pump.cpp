#include "binding/event_pump.h"

#include <utility>

namespace cloudsync {

namespace {

// What the ThreadSafeFunction points to, until its finalizer runs: keeps the pump.
using Context = std::shared_ptr<EventPump>;

void finalize(napi_env, void* data, void*) {
  const std::unique_ptr<Context> ended(static_cast<Context*>(data));
}

}  // namespace

std::shared_ptr<EventPump> EventPump::start(Napi::Env env, Napi::Function dispatch,
                                            Argument argument) {
  std::shared_ptr<EventPump> pump(new EventPump(std::move(argument)));
  auto context = std::make_unique<Context>(pump);
  const Napi::String name = Napi::String::New(env, "cloudsync");
  napi_threadsafe_function function = nullptr;
  const napi_status status = napi_create_threadsafe_function(
      env, dispatch, nullptr, name, /*max_queue_size=*/0, /*initial_thread_count=*/1, context.get(),
      finalize, context.get(), onLoop, &function);
  if (status != napi_ok) throw Napi::Error::New(env);
  static_cast<void>(context.release());  // the finalizer's now
  napi_unref_threadsafe_function(env, function);
  pump->function_ = function;
  return pump;
}

void EventPump::wake() {
  std::lock_guard lock(mutex_);
  if (function_ == nullptr) return;
  if (napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking) == napi_closing) {
    function_ = nullptr;
  }
}

void EventPump::hold(Napi::Env env) {
  std::lock_guard lock(mutex_);
  if (function_ != nullptr) napi_ref_threadsafe_function(env, function_);
}

void EventPump::release(Napi::Env env) {
  std::lock_guard lock(mutex_);
  if (function_ != nullptr) napi_unref_threadsafe_function(env, function_);
}

void EventPump::close() {
  std::lock_guard lock(mutex_);
  if (auto function = std::exchange(function_, nullptr)) {
    napi_release_threadsafe_function(function, napi_tsfn_abort);
  }
}

void EventPump::onLoop(napi_env env, napi_value dispatch, void* context, void*) {
  if (env == nullptr) return;
  const Context pump = *static_cast<Context*>(context);
  {
    std::lock_guard lock(pump->mutex_);
    if (pump->function_ == nullptr) return;
  }
  try {
    const Napi::HandleScope scope(env);
    Napi::Function(env, dispatch).Call({pump->argument_(env)});
  } catch (const Napi::Error&) {  // NOLINT(bugprone-empty-catch)
    // The dispatch function of lib/native.ts throws nothing: this environment is being terminated.
  }
}

}  // namespace cloudsync
