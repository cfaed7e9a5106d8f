#include "service/calls.h"

#include <utility>

#include "service/device.h"

namespace cloudsync {

Error noSuchSpace(const std::string& name) {
  return Error{ErrorKind::remoteNotReady,
               "no space '" + name + "' is configured: add spaces." + name +
                   " to configure() or to cloudsync.config.json",
               name, 0};
}

Result<Value> valueOf(const Status& status) {
  if (!status.ok()) return status.error();
  return Value{};
}

namespace calls {

Task<Result<Value>> confirm(Device& device, std::string planId) {
  for (const auto& space : device.spaces()) {
    Result<bool> confirmed = space->confirm(planId);
    if (!confirmed.ok()) co_return confirmed.error();
    if (*confirmed) co_return Value{};
  }
  co_return Error{ErrorKind::notFound,
                  "nothing waits under the plan id '" + planId +
                      "' (any more): look at plan() again, and confirm the id that it has now",
                  "", 0};
}

Task<Result<Value>> unlink(Device& device, std::string name) {
  Space* space = device.space(name);
  if (!space) co_return noSuchSpace(name);
  Task<Status> unlinking = space->unlink();
  Status unlinked = co_await unlinking;
  co_return valueOf(unlinked);
}

Task<Result<Value>> remove(Device& device, std::string uri, Space::Depth depth) {
  Result<Device::Place> place = device.resolve(uri);
  if (!place.ok()) co_return place.error();
  Task<Status> removing = place->space->remove(place->path, depth);
  Status removed = co_await removing;
  co_return valueOf(removed);
}

}  // namespace calls
}  // namespace cloudsync
