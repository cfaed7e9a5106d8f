#pragma once

#include <string>

#include "base/task.h"
#include "events/event.h"
#include "service/space.h"

namespace cloudsync {

class Device;

Error noSuchSpace(const std::string& name);
Result<Value> valueOf(const Status& status);

// What a person decides about, and does to, the spaces of a device: calls of JavaScript as
// coroutines. They hold the device, which outlives them (service.cpp).
namespace calls {

Task<Result<Value>> confirm(Device& device, std::string planId);
Task<Result<Value>> unlink(Device& device, std::string space);
Task<Result<Value>> remove(Device& device, std::string uri, Space::Depth depth);
Task<Result<Value>> move(Device& device, std::string uri, std::string to);
Task<Result<Value>> trash(Device& device, std::string space, std::string after);
Task<Result<Value>> restore(Device& device, std::string space, std::string id);
Task<Result<Value>> versions(Device& device, std::string uri);
Task<Result<Value>> restoreVersion(Device& device, std::string uri, std::string id);

}  // namespace calls
}  // namespace cloudsync
