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

Task<Result<Value>> move(Device& device, std::string uri, std::string to) {
  Result<Device::Place> from = device.resolve(uri);
  if (!from.ok()) co_return from.error();
  Result<Device::Place> target = device.resolve(to);
  if (!target.ok()) co_return target.error();
  if (from->space != target->space) {
    co_return Error{ErrorKind::invalidArgument, "both names must be of one space", to, 0};
  }
  Task<Status> moving = from->space->move(from->path, target->path);
  Status moved = co_await moving;
  co_return valueOf(moved);
}

Task<Result<Value>> trash(Device& device, std::string name, std::string after) {
  Space* space = device.space(name);
  if (!space) co_return noSuchSpace(name);
  Task<Result<TrashPage>> listing = space->trash(std::move(after));
  Result<TrashPage> page = co_await listing;
  if (!page.ok()) co_return page.error();
  co_return Value{std::move(*page)};
}

Task<Result<Value>> restore(Device& device, std::string name, std::string id) {
  Space* space = device.space(name);
  if (!space) co_return noSuchSpace(name);
  Task<Result<std::string>> restoring = space->restore(std::move(id));
  Result<std::string> path = co_await restoring;
  if (!path.ok()) co_return path.error();
  co_return Value{std::move(*path)};
}

Task<Result<Value>> versions(Device& device, std::string uri) {
  Result<Device::Place> place = device.resolve(uri);
  if (!place.ok()) co_return place.error();
  Task<Result<OlderContents>> listing = place->space->versions(place->path);
  Result<OlderContents> contents = co_await listing;
  if (!contents.ok()) co_return contents.error();
  co_return Value{std::move(*contents)};
}

Task<Result<Value>> restoreVersion(Device& device, std::string uri, std::string id) {
  Result<Device::Place> place = device.resolve(uri);
  if (!place.ok()) co_return place.error();
  Task<Status> restoring = place->space->restoreVersion(place->path, std::move(id));
  Status restored = co_await restoring;
  co_return valueOf(restored);
}

}  // namespace calls
}  // namespace cloudsync
