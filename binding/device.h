#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/guarded.h"
#include "events/mailbox.h"
#include "service/service.h"

namespace cloudsync {

// One device as one environment has it open: its mailbox from the start, its Service from the
// moment it is open until it is closed. Shared by the Addon and by a job that opens or closes it.
class OpenDevice {
 public:
  explicit OpenDevice(std::function<void()> wake)
      : mailbox_(std::make_shared<Mailbox>(std::move(wake))) {}

  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  // Null while it is not open.
  std::shared_ptr<Service> service() { return *service_.lock(); }

  // Opens the Service, or joins the one that another environment of this process has open with an
  // equal configuration. Blocks while the state directory is read. Any thread.
  Status open(const Config& config);

  // Leaves the Service; whoever leaves last stops what runs. Blocks, two seconds at most.
  // Any thread, idempotent. `close` lets final events still arrive, `abandon` does not.
  void close();
  void abandon();

 private:
  std::shared_ptr<Service> take() { return std::exchange(*service_.lock(), nullptr); }

  const std::shared_ptr<Mailbox> mailbox_;
  Guarded<std::shared_ptr<Service>> service_;
};

}  // namespace cloudsync
