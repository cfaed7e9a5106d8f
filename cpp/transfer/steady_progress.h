#pragma once

#include <algorithm>
#include <mutex>

#include "transfer/place.h"

namespace cloudsync {

// The progress of one content that may take more than one attempt. An attempt that starts from zero
// is heard of only where it gets further than those before it: what `whole` adds up never exceeds
// `size`, and is `size` when all of it is there. Any thread.
class SteadyProgress final : public ByteProgress {
 public:
  SteadyProgress(ByteProgress& whole, ByteCount size) : whole_(whole), size_(size) {}

  void startOver() {
    std::lock_guard lock(mutex_);
    there_ = 0;
  }

  void moved(ByteCount bytes) override {
    std::lock_guard lock(mutex_);
    there_ = std::min(there_ + bytes, size_);
    if (there_ <= told_) return;
    whole_.moved(there_ - told_);
    told_ = there_;
  }

 private:
  ByteProgress& whole_;
  const ByteCount size_;
  std::mutex mutex_;
  ByteCount there_ = 0;  // guarded by mutex_: of this attempt
  ByteCount told_ = 0;   // guarded by mutex_: of the furthest
};

}  // namespace cloudsync
