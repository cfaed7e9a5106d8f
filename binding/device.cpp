#include "binding/device.h"

#include <utility>

#include "service/registry.h"

namespace cloudsync {

Status OpenDevice::open(const Config& config) {
  auto opened = Service::open(config, Service::Sharing::equalConfig);
  if (!opened) return opened.error();
  std::shared_ptr<Service> service = std::move(opened).value();
  service->attach(mailbox_);
  std::lock_guard lock(mutex_);
  service_ = std::move(service);
  return {};
}

// The turn is held until our reference is gone: of two environments that leave at one moment the
// second sees that it is the last, and whoever opens the device next finds it open, or closed and
// its state directory free.
void OpenDevice::close() {
  const auto turn = Registry::takeTurn();
  const std::shared_ptr<Service> service = take();
  if (!service) return;
  if (service.use_count() == 1) service->close();
  service->detach(mailbox_);
}

void OpenDevice::abandon() {
  mailbox_->close();
  if (!use([](Service* service) { return service != nullptr; })) return;
  const auto turn = Registry::takeTurn();
  if (const std::shared_ptr<Service> service = take()) service->detach(mailbox_);
}

}  // namespace cloudsync
