#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "events/event.h"

namespace cloudsync {

// The unread events of one device in one JavaScript environment. `post` from any thread, `drain` on
// that environment's thread. Unread progress of the same task or run is overwritten in place;
// states, settlements and notices are queued in order, progress never overtakes a state of its task
// or run, and nothing of a transfer follows its unread final event. `wake` is called, outside of
// the lock, when the box goes from empty to non-empty, and when the first event comes in that
// cannot wait. Shared by the Addon (reads) and the Service (posts): either may be last.
class Mailbox {
 public:
  // More unread notices than this become one that counts the rest: a tree of ten million unreadable
  // files must not fill the memory of an event loop that is busy.
  static constexpr std::size_t kUnreadNotices = 1000;

  explicit Mailbox(std::function<void()> wake);

  void post(Event event);
  std::vector<Event> drain();
  // Is there an event unread that somebody may be standing still for?
  bool hurried();
  // After it nothing is kept and nobody is woken: the environment is going.
  void close();

 private:
  using Transfer = std::pair<std::uint64_t, TaskId>;  // who watches which task

  struct Slot {
    std::size_t index = 0;  // where its unread progress stands
    bool ended = false;     // its final event is unread: whatever comes later is stale
  };

  struct State {
    std::vector<Event> unread;
    std::map<Transfer, Slot> transfers;       // those with something unread
    std::map<std::string, std::size_t> runs;  // unread progress by space
    std::size_t notices = 0;
    std::uint64_t noticesLeftOut = 0;
    bool hurried = false;
    bool closed = false;
  };

  static void add(State& state, Event event);
  static void addTransfer(State& state, TransferEvent event);
  static void addProgress(State& state, RunProgress event);
  static void addNotice(State& state, Notice notice);

  const std::function<void()> wake_;
  Guarded<State> state_;
};

}  // namespace cloudsync
