#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"

namespace cloudsync::test {

// The process dies here.
struct Crash {};

// Counts every file system call and store commit of a protocol, and decides at each what happens:
// a user acts just before it, it fails, or the process dies before it.
struct Steps {
  int taken = 0;
  int failAt = 0;       // 1-based; 0: never
  bool failOn = false;  // every step from failAt on
  int crashAt = 0;
  std::function<void()> beforeEach;

  std::optional<Error> next(const std::string& subject) {
    ++taken;
    if (beforeEach) beforeEach();
    if (taken == crashAt) throw Crash{};
    if (failAt != 0 && (taken == failAt || (failOn && taken > failAt))) {
      return Error{ErrorKind::system, "a fault of the test", subject, 5};
    }
    return std::nullopt;
  }
};

}  // namespace cloudsync::test
