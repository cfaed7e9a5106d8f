#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cloudsync {

// Owns a file descriptor; closes it in its destructor. -1 when it owns none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  void reset() {
    // Never again on EINTR: on Linux the descriptor is gone by then, and may be another's already.
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  int fd_ = -1;
};

// Repeats a system call that a signal interrupted. Node's process has signals of its own.
template <class Call>
auto uninterrupted(Call call) {
  while (true) {
    auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

}  // namespace cloudsync
