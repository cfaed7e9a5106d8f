#include "watch/wake.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace cloudsync {

namespace {

// Where there was no descriptor left for the bell, the thread looks by itself.
constexpr auto kLookWithoutBell = std::chrono::milliseconds(100);
constexpr auto kLongestWait = std::chrono::hours(1);

}  // namespace

Wake::Wake() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Wake::stop() {
  stopped_.store(true, std::memory_order_release);
  ring();
}

void Wake::ring() {
  std::uint64_t one = 1;
  // A full counter rings already.
  [[maybe_unused]] ssize_t written = ::write(bell_.get(), &one, sizeof one);
}

bool Wake::wait(int fd, Duration most) {
  if (stopped()) return false;
  Duration longest = bell_.valid() ? Duration(kLongestWait) : Duration(kLookWithoutBell);
  most = std::clamp(most, Duration::zero(), longest);
  // Rounded up: a millisecond too late, never a busy loop.
  auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(most).count();
  std::array<pollfd, 2> waited{pollfd{fd, POLLIN, 0}, pollfd{bell_.get(), POLLIN, 0}};
  if (::poll(waited.data(), waited.size(), static_cast<int>(milliseconds)) <= 0) return false;
  if (waited[1].revents != 0) {
    std::uint64_t rings = 0;
    [[maybe_unused]] ssize_t read = ::read(bell_.get(), &rings, sizeof rings);
  }
  return waited[0].revents != 0;
}

}  // namespace cloudsync
