#include "base/key_set.h"

#include <algorithm>
#include <utility>

#include "base/rel_path.h"

namespace cloudsync {

std::string_view parentKey(std::string_view key) {
  if (key.ends_with('/')) key.remove_suffix(1);
  std::size_t slash = key.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash + 1);
}

bool KeySet::isBelowASubtree(std::string_view key) const {
  while (true) {
    bool isDirectory = key.empty() || key.ends_with('/');
    if (isDirectory) {
      auto found = parts_.find(key);
      if (found != parts_.end() && found->second == Extent::subtree) return true;
    }
    if (key.empty()) return false;
    key = parentKey(key);
  }
}

bool KeySet::holds(std::string_view key) const {
  return parts_.contains(key) || isBelowASubtree(key);
}

void KeySet::addEntry(std::string_view key) {
  if (!holds(key)) parts_.emplace(key, Extent::entry);
}

void KeySet::addSubtree(std::string_view directoryKey) {
  if (isBelowASubtree(directoryKey)) return;
  auto end = parts_.end();
  if (!directoryKey.empty()) end = parts_.lower_bound(endOfSubtree(directoryKey));
  parts_.erase(parts_.lower_bound(directoryKey), end);
  parts_.emplace(directoryKey, Extent::subtree);
}

void KeySet::join(const KeySet& other) {
  for (const auto& [key, extent] : other.parts_) {
    extent == Extent::entry ? addEntry(key) : addSubtree(key);
  }
}

void KeySet::coarsen(std::size_t mostParts) {
  while (parts_.size() > mostParts) {
    Parts fine = std::exchange(parts_, {});
    const bool entriesOnly = std::any_of(
        fine.begin(), fine.end(), [](const auto& part) { return part.second == Extent::entry; });
    for (const auto& [key, extent] : fine) {
      addSubtree(entriesOnly && extent == Extent::subtree ? key : parentKey(key));
    }
  }
}

}  // namespace cloudsync
