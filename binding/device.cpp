#include "binding/device.h"

#include <utility>

namespace cloudsync {

Status OpenDevice::open(const Config& config) {
  auto opened = Service::open(config, Service::Sharing::equalConfig);
  if (!opened) return opened.error();
  std::shared_ptr<Service> service = std::move(opened).value();
  service->attach(mailbox_);
  *service_.lock() = std::move(service);
  return {};
}

void OpenDevice::close() {
  std::shared_ptr<Service> service = take();
  if (!service) return;
  // Other environments may go on with it. If they leave at this very moment, nobody closes it here
  // and the last reference does.
  if (service.use_count() == 1) service->close();
  service->detach(mailbox_);
}

void OpenDevice::abandon() {
  mailbox_->close();
  if (std::shared_ptr<Service> service = take()) service->detach(mailbox_);
}

}  // namespace cloudsync
