#pragma once

#include <memory>
#include <string>

#include "service/config.h"
#include "service/service.h"

namespace cloudsync {

// The devices that are open in this process, by state directory: workers with the same
// configuration share one. The only static of the code. Any thread.
class Registry {
 public:
  // The open device of this configuration, or nothing.
  static std::shared_ptr<Service> find(const Config& config);
  static void remember(const Config& config, const std::shared_ptr<Service>& service);
  static void forget(const std::string& stateDir);
};

}  // namespace cloudsync
