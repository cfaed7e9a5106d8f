#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/key_range.h"
#include "base/task.h"
#include "fs/walk.h"
#include "scan/base_scan.h"
#include "sync/merge_side.h"

namespace cloudsync {

// A listing of a space that is under way: its rows and its local tree, merged in key order, page by
// page. Between two pages it keeps what the walk has read ahead, so that a directory of a million
// names is read once; rows are read anew for each page. One user at a time.
class OpenListing {
 public:
  OpenListing(KeyRange range, std::unique_ptr<LocalStream> local)
      : range_(std::move(range)), local_(std::move(local)) {}

  // Sees every key of the range that a row or the disk knows; what it is shown is valid during the
  // call only.
  class Visitor {
   public:
    virtual ~Visitor() = default;
    // `facts` when the local side is present, `row` when there is one.
    virtual void visit(std::string_view key, const BaseFacts* row, Presence local,
                       const LocalFacts* facts) = 0;
    virtual bool full() const = 0;
  };

  // Goes on until the visitor is full or the range at its end. `rows` begin behind position().
  Task<Status> read(std::unique_ptr<BaseStream> rows, Visitor& visitor, CancelToken cancel);

  const KeyRange& range() const { return range_; }
  const std::string& position() const { return position_; }  // the last key that was seen
  bool ended() const { return ended_; }

 private:
  void visitBatch(MergeSide<BaseFacts>& rows, Visitor& visitor);

  const KeyRange range_;
  MergeSide<LocalFacts> local_;
  std::string position_;
  bool ended_ = false;
};

// The listings of a space that wait for their next page, found again by where they stand. Whoever
// finds his no more begins a new one there. Any thread.
class ListingShelf {
 public:
  // Each may hold the names of a large directory.
  static constexpr std::size_t kMost = 4;

  // The one that stands at `position`, or null.
  std::unique_ptr<OpenListing> take(const KeyRange& range, const std::string& position);
  // The one that has waited longest makes room.
  void keep(std::unique_ptr<OpenListing> listing);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<OpenListing>> waiting_;  // guarded by mutex_
};

}  // namespace cloudsync
