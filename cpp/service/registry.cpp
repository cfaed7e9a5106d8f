#include "service/registry.h"

#include <map>
#include <mutex>

namespace cloudsync {

namespace {

struct Open {
  Config config;
  std::weak_ptr<Service> service;
};

struct Devices {
  std::mutex opening;  // taken before `mutex`
  std::mutex mutex;
  std::map<std::string, Open> open;  // guarded by mutex
};

// Made on first use and never destroyed: a worker may end after the static destructors have run.
Devices& devices() {
  static Devices* const all = std::make_unique<Devices>().release();
  return *all;
}

}  // namespace

std::unique_lock<std::mutex> Registry::takeTurn() { return std::unique_lock(devices().opening); }

std::shared_ptr<Service> Registry::find(const Config& config) {
  std::lock_guard lock(devices().mutex);
  auto found = devices().open.find(config.stateDir);
  if (found == devices().open.end() || found->second.config != config) return nullptr;
  return found->second.service.lock();
}

void Registry::remember(const Config& config, const std::shared_ptr<Service>& service) {
  std::lock_guard lock(devices().mutex);
  devices().open[config.stateDir] = Open{config, service};
}

void Registry::forget(const std::string& stateDir) {
  std::lock_guard lock(devices().mutex);
  devices().open.erase(stateDir);
}

}  // namespace cloudsync
