#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace cloudsync {

// A choice of entry keys: everything, or single entries and subtrees, for example those of which
// somebody said that they may have changed. Parts in key order, none inside another. A plain value.
class KeySet {
 public:
  enum class Extent : std::uint8_t {
    entry,    // this key alone: a file, or a directory without what lies below it
    subtree,  // a directory and everything below it
  };
  using Parts = std::map<std::string, Extent, std::less<>>;

  static KeySet everything() {
    KeySet all;
    all.addSubtree("");
    return all;
  }

  void addEntry(std::string_view key);
  // "" is the root: everything.
  void addSubtree(std::string_view directoryKey);
  void join(const KeySet& other);
  // While it has more parts than this, each becomes the directory that holds it; single entries
  // first.
  void coarsen(std::size_t mostParts);

  bool empty() const { return parts_.empty(); }
  bool isEverything() const { return parts_.size() == 1 && parts_.begin()->first.empty(); }
  bool holds(std::string_view key) const;
  const Parts& parts() const { return parts_; }

  friend bool operator==(const KeySet&, const KeySet&) = default;

 private:
  bool isBelowASubtree(std::string_view key) const;

  Parts parts_;
};

// PURE. The key of the directory that holds an entry: "a/" of "a/b" and of "a/b/", "" at the top.
std::string_view parentKey(std::string_view key);

}  // namespace cloudsync
