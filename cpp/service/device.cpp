#include "service/device.h"

#include <algorithm>
#include <utility>

#include "remote/open.h"
#include "service/file_uri.h"

namespace cloudsync {

namespace {

// What a configuration may say one day, and what to do meanwhile.
Status checkPlanned(const SpaceConfig& space) {
  auto notYet = [&space](std::string what) {
    return Error{
        ErrorKind::notYet,
        "spaces." + space.name + "." + what + " is planned and does nothing yet: leave it out",
        space.name, 0};
  };
  if (space.direction != Direction::both) return notYet("direction");
  if (space.symlinks != SymlinkPolicy::skip) return notYet("symlinks: 'preserve'");
  if (!space.ignore.empty()) return notYet("ignore");
  return Status();
}

// Of several remotes, its URL or a part of it need not tell which one is meant.
Error underItsKey(Error error, const SpaceConfig& space) {
  error.subject = "spaces." + space.name + ".remote";
  return error;
}

}  // namespace

Device::Device(World world, std::unique_ptr<StateStore> store, std::size_t streams)
    : world_(world),
      store_(std::move(store)),
      streams_(world.scheduler, streams),
      activity_(world.scheduler) {}

Result<std::unique_ptr<Device>> Device::open(const Config& config, World world,
                                             std::unique_ptr<StateStore> store, LastEnd lastEnd) {
  std::unique_ptr<Device> device(
      new Device(world, std::move(store), std::max<std::size_t>(1, config.limits.transfers)));
  for (const SpaceConfig& wanted : config.spaces) {
    Status possible = checkPlanned(wanted);
    if (!possible.ok()) return possible.error();
    RemoteNeeds needs{world.files, world.scheduler, world.clock, world.random, world.http};
    Result<std::unique_ptr<Remote>> remote =
        openRemote(wanted.remote.url, wanted.remote.options, needs);
    if (!remote.ok()) return underItsKey(remote.error(), wanted);
    Result<SpaceRow> row = device->store_->openSpace(wanted.name);
    if (!row.ok()) return row.error();
    Space::Needs spaceNeeds{world,
                            *device->store_,
                            device->streams_,
                            device->hub_,
                            device->activity_,
                            config.deviceName,
                            config.limits.transfers};
    device->spaces_.push_back(
        std::make_unique<Space>(wanted, std::move(*row), std::move(*remote), spaceNeeds));
    if (lastEnd != LastEnd::machineDown) continue;
    Status doubted = device->spaces_.back()->doubtRecent();
    if (!doubted.ok()) return doubted.error();
  }
  return device;
}

bool Device::inDoubt() {
  return std::any_of(spaces_.begin(), spaces_.end(), [](const std::unique_ptr<Space>& space) {
    return space->memory().doubts().has_value();
  });
}

Space* Device::space(const std::string& name) {
  for (const auto& space : spaces_) {
    if (space->config().name == name) return space.get();
  }
  return nullptr;
}

Result<Device::Place> Device::resolve(const std::string& uri) {
  for (const auto& space : spaces_) {
    if (auto path = pathOfUri(space->uriPrefix(), uri)) return Place{space.get(), *path};
  }
  return Error{ErrorKind::invalidUri, "the URI is in no space of this device", uri, 0};
}

void Device::cancelAll() {
  for (const auto& space : spaces_) space->cancelAll();
}

}  // namespace cloudsync
