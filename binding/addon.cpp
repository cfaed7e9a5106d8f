#include "binding/addon.h"

#include <algorithm>

#include "binding/commands.h"
#include "binding/convert.h"

namespace cloudsync {

namespace {

class Job final : public Napi::AsyncWorker {
 public:
  Job(Napi::Env env, std::function<void()> work) : AsyncWorker(env), work_(std::move(work)) {}
  void Execute() override { work_(); }

 private:
  const std::function<void()> work_;
};

}  // namespace

void Addon::start(Napi::Function dispatch) {
  if (pump_) throw Napi::Error::New(env_, "the addon is started already");
  pump_ = EventPump::start(env_, dispatch,
                           [this](Napi::Env env) { return Napi::Boolean::New(env, hurried()); });
  // Hooks run last in, first out: ours comes before the end of the function that the pump made.
  env_.AddCleanupHook([this] { close(); });
}

std::shared_ptr<OpenDevice> Addon::device(std::uint64_t number) const {
  const auto found = devices_.find(number);
  return found == devices_.end() ? nullptr : found->second;
}

std::shared_ptr<OpenDevice> Addon::addDevice(std::uint64_t number) {
  auto device = std::make_shared<OpenDevice>([pump = pump_] { pump->wake(); });
  devices_.insert_or_assign(number, device);
  return device;
}

void Addon::close() {
  if (pump_) pump_->close();
  for (const auto& [number, device] : devices_) device->abandon();
  devices_.clear();
}

bool Addon::hurried() const {
  return std::ranges::any_of(devices_,
                             [](const auto& entry) { return entry.second->mailbox()->hurried(); });
}

Napi::Value Addon::drain(Napi::Env env) {
  Napi::Array batch = Napi::Array::New(env);
  for (const auto& [number, device] : devices_) {
    const std::vector<Event> events = device->mailbox()->drain();
    if (events.empty()) continue;
    Napi::Array list = Napi::Array::New(env, events.size() + 1);
    list.Set(0u, static_cast<double>(number));
    for (std::uint32_t i = 0; i < events.size(); ++i) {
      const Napi::HandleScope scope(env);
      list.Set(i + 1, toJs(env, events[i]));
    }
    batch.Set(batch.Length(), list);
  }
  return batch;
}

void runJob(Napi::Env env, std::function<void()> work) {
  std::make_unique<Job>(env, std::move(work)).release()->Queue();  // deletes itself
}

}  // namespace cloudsync

// NODE_API_MODULE pastes a name: it wants a plain one.
static Napi::Object initializeCloudsync(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(std::make_unique<cloudsync::Addon>(env).release());  // the environment's now
  cloudsync::exportCommands(env, exports);
  return exports;
}
NODE_API_MODULE(cloudsync, initializeCloudsync)
