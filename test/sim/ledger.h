#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace cloudsync::sim {

using ContentId = std::size_t;

// Where a content was met.
enum class Shelf {
  tree,  // in somebody's sight
  kept,  // trash, versions
  temp,  // on its way: counts while the engine may still put it right
};

// What a simulated user can hold against the engine: every complete content that anybody ever
// wrote, where it is now, and whether a user wanted it gone. Plain bookkeeping.
//
// A look at the whole world is between beginLook() and one of the endings.
class Ledger {
 public:
  // A complete content that a user has made. Empty files have nothing to lose: no id.
  void learn(const std::string& bytes);
  bool knows(const std::string& bytes) const { return bytes.empty() || ids_.contains(bytes); }

  void beginLook() { ++look_; }
  // `disk`: the bit of the disk that it lies on.
  void see(const std::string& bytes, Shelf shelf, unsigned disk);

  // What may be missing from a look.
  struct Terms {
    bool tempCounts = true;     // private files of a run are as good as any
    bool mustShow = false;      // what was shown is shown, unless a user took it away
    bool cloudForgets = false;  // what a user replaced is gone for good (no versions)
    unsigned lost = 0;          // bits of the disks whose power was cut just now
  };
  // Compares with what there was. The complaint, if there is one.
  std::optional<std::string> compare(const Terms& terms);
  // What is missing now is what a user destroyed.
  void accept();

  // A user made it go from his tree.
  void dismiss(const std::string& bytes, unsigned disk);
  // It may end in any way: its writer had not finished, or a power cut hit it in the middle.
  void excuse(const std::string& bytes);
  // Everything seen in the last look on this disk survives a power cut of it.
  void makeFirm(unsigned disk);
  void makeFirm(const std::string& bytes, unsigned disk);
  void loosen(const std::string& bytes, unsigned disk);
  bool wasInCloud(const std::string& bytes) const;
  std::size_t size() const { return contents_.size(); }

 private:
  struct Content {
    std::string bytes;
    std::uint64_t seen = 0;   // the look in which it was last seen ...
    std::uint64_t held = 0;   // ... outside of temp ...
    std::uint64_t shown = 0;  // ... in a tree
    unsigned on = 0;          // disks, in the last look
    unsigned firm = 0;
    bool alive = false;
    bool wasShown = false;
    bool dismissed = false;
    bool excused = false;
    bool inCloud = false;  // was there once
  };

  Content* find(const std::string& bytes);

  std::unordered_map<std::string, ContentId> ids_;
  std::vector<Content> contents_;
  std::uint64_t look_ = 0;
};

// The bits of Ledger: a disk for each device, one for the cloud.
inline unsigned bitOf(int where) { return 1U << static_cast<unsigned>(where); }

}  // namespace cloudsync::sim
