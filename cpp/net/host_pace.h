#pragma once

#include <cstddef>
#include <cstdint>

namespace cloudsync {

// How many requests one host gets at the same time: one more for each round of them that it
// answers well, half as many when it says that they are too many (or says nothing any more), as TCP
// does with packets. PURE; one owner.
class HostPace {
 public:
  struct Limits {
    double first = 32;  // before anything is known
    double least = 1;
    double most = 128;  // sockets to one host
  };

  // Which window a request belongs to: what comes back from before the last halving tells of a pace
  // that was given up already.
  using Round = std::uint64_t;

  explicit HostPace(Limits limits) : limits_(limits), window_(limits.first) {}

  bool hasRoom() const { return static_cast<double>(active_ + 1) <= window_; }
  Round begin();

  enum class Answer {
    good,
    overloaded,  // 429, 503, or a timeout
    other,       // says nothing of the pace: refused, cancelled, 404
  };
  void ended(Round begunIn, Answer answer);

  double window() const { return window_; }
  std::size_t active() const { return active_; }

 private:
  Limits limits_;
  double window_;
  std::size_t active_ = 0;
  bool wasFull_ = false;  // the window was in the way: only then is there reason to widen it
  Round round_ = 0;
};

}  // namespace cloudsync
