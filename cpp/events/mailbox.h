#pragma once

#include <functional>
#include <vector>

#include "base/guarded.h"
#include "events/event.h"

namespace cloudsync {

// The unread events of one JavaScript environment. `post` from any thread, `drain` on that
// environment's thread. Unread progress of the same task or run is overwritten in place; states,
// settlements and notices are queued in order, and progress never overtakes a state. `wake` is
// called, outside of the lock, only when the box goes from empty to non-empty.
// Shared by the Addon (reads) and the Service (posts): either may be last.
class Mailbox {
 public:
  explicit Mailbox(std::function<void()> wake);

  void post(Event event);
  std::vector<Event> drain();
  // After it nothing is kept and nobody is woken: the environment is going.
  void close();

 private:
  struct State {
    std::vector<Event> unread;
    bool closed = false;
  };
  std::function<void()> wake_;
  Guarded<State> state_;
};

}  // namespace cloudsync
