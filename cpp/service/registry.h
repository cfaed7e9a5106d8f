#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "service/config.h"
#include "service/service.h"

namespace cloudsync {

// The devices that are open in this process, by state directory: workers with the same
// configuration share one. The only static of the code. Any thread.
class Registry {
 public:
  // Held while a device is opened, and while somebody leaves one: of two workers that open the same
  // one at one moment, the second finds what the first has opened; and while the last one closes
  // it, nobody opens it.
  static std::unique_lock<std::mutex> takeTurn();
  // The open device of this configuration, or nothing.
  static std::shared_ptr<Service> find(const Config& config);
  static void remember(const Config& config, const std::shared_ptr<Service>& service);
  static void forget(const std::string& stateDir);
};

}  // namespace cloudsync
