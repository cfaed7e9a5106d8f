#pragma once

#include <cstdint>
#include <string>

namespace cloudsync {

// Where ids, nonces and jitter come from. Callable from any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;  // uniform over all 64-bit values

  // 32 lower-case hex digits: enough never to meet itself.
  std::string token();
};

// The kernel's generator.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

// splitmix64: the same seed gives the same sequence on every machine.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

}  // namespace cloudsync
