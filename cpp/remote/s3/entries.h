#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "remote/remote.h"
#include "remote/s3/answers.h"

namespace cloudsync {

// PURE. Makes entries of listed objects: directories out of the keys below them, and set-aside
// entries of what cannot be carried:
//   - keys that are no paths (`..`, `a//b`, a component over 255 bytes);
//   - everything below `a/` while an object `a` exists: S3 holds both, a disk cannot. The object
//     has the name, the rest is out of sight, which is not the same as absent.
// Keys come in order, page after page; `prefix` is taken off each.
class S3Entries {
 public:
  // `below`: the directory that is listed, whose own entry and parents are not wanted; "" or "d/".
  S3Entries(std::string prefix, std::string below)
      : prefix_(std::move(prefix)), directory_(std::move(below)) {}

  // What is under our own name is not added.
  void add(const S3Object& object, RemoteBatch& batch);
  // Nothing is known of the keys between these two; `until` "" = to the end.
  void addHole(const std::string& after, const std::string& until, RemoteBatch& batch);

 private:
  // Adds the directories that `key` lies in and that were not added before. False: it lies below a
  // name that is taken, and is out of sight.
  bool addParents(std::string_view key, RemoteBatch& batch);

  std::string prefix_;
  std::string directory_;           // the last one that was added
  std::string outOfSight_;          // the directory that is being passed over; "" = none
  std::vector<std::string> files_;  // objects that later keys may lie below: each begins the next
};

}  // namespace cloudsync
