#pragma once

#include <napi.h>

#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "binding/device.h"
#include "binding/event_pump.h"

namespace cloudsync {

// What belongs to one JavaScript environment (the main thread, or one worker): its pump and the
// devices it has open. Owned by the environment; used on its thread only.
class Addon {
 public:
  explicit Addon(Napi::Env env) : env_(env) {}
  ~Addon() { close(); }

  static Addon& of(Napi::Env env) { return *env.GetInstanceData<Addon>(); }

  // Something has come up: `dispatch(hurried)` is called, and takes it with drain() at once, or a
  // little later when it is not `hurried`. Once, before `open`.
  void start(Napi::Function dispatch);
  EventPump& pump() { return *pump_; }
  // All that is unread: [[device, event…], …].
  Napi::Value drain(Napi::Env env);

  // lib/ chooses the numbers. Null when there is no such device.
  std::shared_ptr<OpenDevice> device(std::uint64_t number) const;
  std::shared_ptr<OpenDevice> addDevice(std::uint64_t number);
  void forgetDevice(std::uint64_t number) { devices_.erase(number); }

  // This environment ends: nobody is called any more, its devices are left. Idempotent; called by
  // the 'exit' handler of lib/native.ts (process.exit runs no cleanup hook on the main thread), by
  // the cleanup hook (the loop ran dry, or a worker was terminated), and by the destructor.
  void close();

 private:
  bool hurried() const;

  Napi::Env env_;
  std::shared_ptr<EventPump> pump_;
  std::map<std::uint64_t, std::shared_ptr<OpenDevice>> devices_;
};

// Runs `work` on a thread of Node's pool, keeping the process alive until it is done.
void runJob(Napi::Env env, std::function<void()> work);

}  // namespace cloudsync
