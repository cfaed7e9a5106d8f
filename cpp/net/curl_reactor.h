#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "net/curl_handles.h"
#include "net/curl_transfer.h"
#include "net/environment.h"

namespace cloudsync {

// The network thread: owns one curl multi handle and every transfer in it. Others hand it orders
// and nudges through an inbox; it answers through each order's Exchange. Nothing in it blocks but
// the poll on the sockets.
class CurlReactor {
 public:
  // At most `mostActive` transfers have a socket at a time; further ones wait their turn.
  CurlReactor(Clock& clock, NetworkEnvironment environment, std::size_t mostActive);
  ~CurlReactor();
  CurlReactor(const CurlReactor&) = delete;
  CurlReactor& operator=(const CurlReactor&) = delete;

  // Ends what is left, and what is submitted later, with `unavailable`; joins. Called by its owner.
  void close();

  // Any thread; none of them waits.
  void submit(Order order);
  void resume(std::shared_ptr<Exchange> exchange);  // there is room again
  void drop(std::shared_ptr<Exchange> exchange);    // nobody waits for it any more

 private:
  using Transfers = std::unordered_map<Exchange*, std::unique_ptr<CurlTransfer>>;

  struct Inbox {
    std::vector<Order> orders;
    std::vector<std::shared_ptr<Exchange>> resumed;
    std::vector<std::shared_ptr<Exchange>> dropped;
    bool closing = false;
    bool woken = false;  // a wake-up is under way; another one would be a system call for nothing
  };

  void run();
  bool takeInbox();  // false: closing
  void dropNow(const Exchange& exchange);
  void startWaiting();
  void start(Order order);
  void collectFinished();
  void endStalled();
  CurlEasy takeSpare();
  void dropSpares();
  // Resetting a handle takes back its options only. One whose transfer broke off may still hold
  // bytes that curl kept while it was paused, or mean to rewind: the next transfer would get that.
  enum class Handle { good, spoilt };
  Transfers::iterator remove(Transfers::iterator transfer, Handle handle = Handle::spoilt);
  void endEverything();
  int pollMilliseconds() const;
  template <class Change>
  void post(Change change);

  Clock& clock_;
  const NetworkEnvironment environment_;
  const std::size_t mostActive_;
  CurlMulti multi_;
  Guarded<Inbox> inbox_;

  // The network thread's own.
  std::deque<Order> waiting_;
  Transfers active_;
  std::vector<CurlEasy> spare_;  // making one anew costs much for a small file
  SteadyTime lastActive_{};
  SteadyTime nextStallCheck_{};
  Duration stallCheckEvery_{};

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace cloudsync
