#pragma once

namespace cloudsync {

// What became of whoever owned the state before.
enum class LastEnd {
  clean,
  killed,       // the machine went on: whatever it had written is there
  machineDown,  // what was not on the disk by then is lost, in the user's files too
};

}  // namespace cloudsync
