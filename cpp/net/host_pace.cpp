#include "net/host_pace.h"

#include <algorithm>

namespace cloudsync {

HostPace::Round HostPace::begin() {
  ++active_;
  wasFull_ = wasFull_ || !hasRoom();
  return round_;
}

void HostPace::ended(Round begunIn, Answer answer) {
  --active_;
  if (begunIn != round_) return;
  if (answer == Answer::overloaded) {
    window_ = std::max(limits_.least, window_ / 2);
    wasFull_ = false;
    ++round_;
  } else if (answer == Answer::good && wasFull_) {
    window_ = std::min(limits_.most, window_ + 1 / window_);
  }
}

}  // namespace cloudsync
