#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cloudsync::sim {

// The names of planner cases, in key order: files and directories that collide, and two names for
// conflict copies of each file.
struct KeyTable {
  static constexpr int kNone = -1;
  struct Key {
    std::string text;
    bool directory = false;
    int parent = kNone;       // index of the directory it lies in
    int rival = kNone;        // the file `a` of the directory `a/`, and the other way round
    int aside[2] = {-1, -1};  // of a file: the names of its conflict copies
    bool isCopy = false;      // such a name
  };
  std::vector<Key> keys;
  std::unordered_map<std::string_view, int> index;

  KeyTable();
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;
  int size() const { return static_cast<int>(keys.size()); }
  const Key& operator[](int at) const { return keys[static_cast<std::size_t>(at)]; }
  bool isBelow(int at, int directory) const {
    return at != directory && (*this)[at].text.starts_with((*this)[directory].text);
  }
};

// Small cases of deciding: three random trees on plain maps go through the product's merge and
// reconcile, and what they decide is carried out on the maps, with everything that may come in
// between: an edit behind the plan, a run that stops in the middle, holes in a listing, a base that
// came back from a backup.
//
// Asserted: what agrees is left alone; two runs bring both sides together, and a third decides
// nothing; every content that no side took away itself is in sight; nothing below a hole is
// touched. Not for concurrent use.
class PlannerCases {
 public:
  PlannerCases();
  // Plays one; the same seed plays the same. The complaint, if there is one, with the trees.
  std::optional<std::string> play(std::uint64_t seed) const;

 private:
  const KeyTable keys_;
  std::vector<std::string> versions_;  // texts of numbers
};

}  // namespace cloudsync::sim
