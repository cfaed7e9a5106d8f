#include "sync/dirty_paths.h"

#include <algorithm>
#include <utility>

#include "base/rel_path.h"

namespace cloudsync {

namespace {

KeySet::Extent extentOf(std::string_view key) {
  bool isDirectory = key.empty() || key.ends_with('/');
  return isDirectory ? KeySet::Extent::subtree : KeySet::Extent::entry;
}

}  // namespace

void DirtyPaths::add(std::string_view key, SteadyTime now) {
  merge(key, {now + limits_.quiet, now + limits_.longestWait, extentOf(key)});
  if (paths_.size() > limits_.mostPaths) coarsen();
}

// What was said later decides when it is quiet; what was said first, how long it may wait.
void DirtyPaths::merge(std::string_view key, const Waiting& waiting) {
  auto found = paths_.find(key);
  if (found == paths_.end()) {
    paths_.emplace(key, waiting);
    return;
  }
  Waiting& known = found->second;
  known.quietAt = std::max(known.quietAt, waiting.quietAt);
  known.latest = std::min(known.latest, waiting.latest);
  known.extent = std::max(known.extent, waiting.extent);
}

SteadyTime DirtyPaths::restOf(Paths::const_iterator path) const {
  const auto& [key, waiting] = *path;
  SteadyTime quietAt = waiting.quietAt;
  if (waiting.extent == KeySet::Extent::subtree) {
    auto end = key.empty() ? paths_.end() : paths_.lower_bound(endOfSubtree(key));
    for (auto below = std::next(path); below != end; ++below) {
      quietAt = std::max(quietAt, std::min(below->second.quietAt, below->second.latest));
    }
  }
  return std::min(quietAt, waiting.latest);
}

std::optional<SteadyTime> DirtyPaths::nextRest() const {
  std::optional<SteadyTime> next;
  for (auto path = paths_.begin(); path != paths_.end(); ++path) {
    SteadyTime rest = restOf(path);
    if (!next || rest < *next) next = rest;
  }
  return next;
}

KeySet DirtyPaths::takeRested(SteadyTime now) {
  KeySet rested;
  for (auto path = paths_.begin(); path != paths_.end();) {
    bool covered = rested.holds(path->first);
    if (!covered && restOf(path) > now) {
      ++path;
      continue;
    }
    if (path->second.extent == KeySet::Extent::entry) {
      rested.addEntry(path->first);
    } else {
      rested.addSubtree(path->first);
    }
    path = paths_.erase(path);
  }
  return rested;
}

void DirtyPaths::coarsen() {
  // Half: so that the next path does not begin it again.
  while (paths_.size() > limits_.mostPaths / 2) {
    Paths fine = std::exchange(paths_, {});
    const bool entriesOnly = std::any_of(fine.begin(), fine.end(), [](const auto& path) {
      return path.second.extent == KeySet::Extent::entry;
    });
    for (const auto& [key, waiting] : fine) {
      Waiting above = waiting;
      above.extent = KeySet::Extent::subtree;
      const bool stays = entriesOnly && waiting.extent == KeySet::Extent::subtree;
      merge(stays ? std::string_view(key) : parentKey(key), above);
    }
    if (paths_.size() == 1) return;
  }
}

}  // namespace cloudsync
