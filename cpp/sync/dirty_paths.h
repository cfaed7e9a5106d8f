#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/key_set.h"

namespace cloudsync {

// PURE, with the time handed in. Gathers the keys that a watcher hints at until they have come to
// rest: until nothing was said of them for the quiet time, or they have waited for the longest
// time. So a file that is written all the time waits for itself only. A directory rests when
// everything below it does. Bounded: beyond the most paths, each becomes the directory it is in.
// One owner, who locks.
class DirtyPaths {
 public:
  struct Limits {
    Duration quiet = std::chrono::milliseconds(500);
    Duration longestWait = std::chrono::seconds(10);
    std::size_t mostPaths = 16'384;
  };
  explicit DirtyPaths(Limits limits) : limits_(limits) {}

  // A key as of HintSink::hint: a directory's stands for everything below it.
  void add(std::string_view key, SteadyTime now);
  void clear() { paths_.clear(); }
  bool empty() const { return paths_.empty(); }
  std::size_t size() const { return paths_.size(); }

  // When something will be at rest, if nothing more is said of it.
  std::optional<SteadyTime> nextRest() const;
  // Takes out what is at rest.
  KeySet takeRested(SteadyTime now);

 private:
  struct Waiting {
    SteadyTime quietAt;  // at rest then, ...
    SteadyTime latest;   // ... and at the latest then
    KeySet::Extent extent = KeySet::Extent::entry;
  };
  using Paths = std::map<std::string, Waiting, std::less<>>;

  void merge(std::string_view key, const Waiting& waiting);
  SteadyTime restOf(Paths::const_iterator path) const;
  void coarsen();

  const Limits limits_;
  Paths paths_;
};

}  // namespace cloudsync
