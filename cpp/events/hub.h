#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "events/mailbox.h"

namespace cloudsync {

// Who is told what happens on a device: the mailboxes of the JavaScript environments that use it.
// Owned by the device; any thread.
class Hub {
 public:
  void attach(std::shared_ptr<Mailbox> mailbox) {
    mailboxes_.lock()->push_back(std::move(mailbox));
  }
  void detach(const std::shared_ptr<Mailbox>& mailbox) {
    auto mailboxes = mailboxes_.lock();
    std::erase(*mailboxes, mailbox);
  }
  void broadcast(const Event& event) {
    std::vector<std::shared_ptr<Mailbox>> everyone = *mailboxes_.lock();
    for (const auto& mailbox : everyone) mailbox->post(event);
  }

 private:
  Guarded<std::vector<std::shared_ptr<Mailbox>>> mailboxes_;
};

}  // namespace cloudsync
