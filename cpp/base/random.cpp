#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <stdexcept>

#include "base/hex.h"

namespace cloudsync {

std::string Random::token() {
  std::array<std::uint64_t, 2> words = {next(), next()};
  std::string out;
  out.reserve(32);
  for (std::uint64_t word : words) out += toHex(word);
  return out;
}

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  // Eight bytes never come short or interrupted once the generator is seeded (getrandom(2)).
  if (getrandom(&value, sizeof value, 0) != sizeof value) {
    throw std::runtime_error("getrandom failed");
  }
  return value;
}

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace cloudsync
