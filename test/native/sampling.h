#pragma once

#include <cstdint>

namespace cloudsync::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Which of many thousand alike cases are played: all of them, but under sanitizers, where each
// takes ten times as long, every `stride`th. The plain run has judged the outcome of all; what
// sanitizers look for is in the code, which a sample passes through as well.
class Sample {
 public:
  explicit Sample(std::uint64_t stride) : stride_(kSanitized ? stride : 1) {}
  bool takes() { return seen_++ % stride_ == 0; }

 private:
  const std::uint64_t stride_;
  std::uint64_t seen_ = 0;
};

}  // namespace cloudsync::test
