#pragma once

namespace cloudsync {

// Which sides the runs of a space may change. docs/sync.md says what that means for every case.
enum class Direction {
  both,
  upload,    // the local side is never changed
  download,  // the cloud is never changed
};

}  // namespace cloudsync
