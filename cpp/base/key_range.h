#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace cloudsync {

// The entry keys in [from, end), in byte order; an empty `end` is no bound. A plain value.
struct KeyRange {
  std::string from;
  std::string end;

  bool holds(std::string_view key) const { return key >= from && (end.empty() || key < end); }
};

// PURE. Every key that begins with `prefix`.
inline KeyRange keysWithPrefix(std::string_view prefix) {
  // The first key behind them: the last byte that can grow grows, and what follows it goes.
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return {std::string(prefix), std::move(end)};
}

// PURE. The first key behind `key`: no key holds a NUL but this one.
inline std::string justBehind(std::string_view key) { return std::string(key) + '\0'; }

}  // namespace cloudsync
