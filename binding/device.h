#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "events/mailbox.h"
#include "service/service.h"

namespace cloudsync {

// One device as one environment has it open: its mailbox from the start, its Service from the
// moment it is open until it is closed. Shared by the Addon and by a job that opens or closes it.
class OpenDevice {
 public:
  explicit OpenDevice(std::function<void()> wake)
      : mailbox_(std::make_shared<Mailbox>(std::move(wake))) {}
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;
  // A job may have opened it for an environment that had ended by then.
  ~OpenDevice() { abandon(); }

  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  // One call of this environment: `call(Service*)`, null while it is not open. Whoever closes it
  // waits until the call has returned, so that no call holds on to a Service that others left.
  template <class Call>
  auto use(const Call& call) {
    std::lock_guard lock(mutex_);
    return call(service_.get());
  }

  // Opens the Service, or joins the one that another environment of this process has open with an
  // equal configuration. Blocks while the state directory is read. Any thread.
  Status open(const Config& config);

  // Leaves the Service; whoever leaves last stops what runs. Blocks, two seconds at most, and while
  // others open or close. Any thread, idempotent. `close` lets final events still arrive, `abandon`
  // does not.
  void close();
  void abandon();

 private:
  std::shared_ptr<Service> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(service_, nullptr);
  }

  const std::shared_ptr<Mailbox> mailbox_;
  std::mutex mutex_;                  // held during one call: never contended but by who leaves
  std::shared_ptr<Service> service_;  // guarded by mutex_
};

}  // namespace cloudsync
