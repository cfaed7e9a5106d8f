#pragma once

#include <exception>
#include <stdexcept>
#include <utility>

#include "base/sim_scheduler.h"
#include "base/spawn.h"

namespace cloudsync {

// Runs the simulated world until `task` has ended; rethrows what it threw.
inline void runSimulated(SimScheduler& scheduler, Task<void> task) {
  bool ended = false;
  std::exception_ptr escaped;
  spawn(scheduler, Lane::transfer, std::move(task), [&ended, &escaped](std::exception_ptr failure) {
    ended = true;
    escaped = failure;
  });
  while (!ended && scheduler.step()) {
  }
  if (!ended) throw std::runtime_error("the task waits for something that never comes");
  if (escaped) std::rethrow_exception(escaped);
}

}  // namespace cloudsync
