#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "base/hex.h"

namespace cloudsync {

std::string Random::token() {
  std::array<std::uint64_t, 2> words = {next(), next()};
  std::string out;
  out.reserve(32);
  for (std::uint64_t word : words) out += toHex(word);
  return out;
}

// A few at a time: a call of the kernel for each costs more than what it is for. Each thread has
// its own, and none is used twice.
std::uint64_t SystemRandom::next() {
  thread_local std::array<std::uint64_t, 32> values;
  thread_local std::size_t left = 0;
  if (left == 0) {
    // Up to 256 bytes never come short or interrupted once the generator is seeded (getrandom(2)).
    if (getrandom(values.data(), sizeof values, 0) != sizeof values) {
      throw std::runtime_error("getrandom failed");
    }
    left = values.size();
  }
  return std::exchange(values[--left], 0);
}

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace cloudsync
