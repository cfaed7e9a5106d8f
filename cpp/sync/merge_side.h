#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/entry_batch.h"
#include "base/rel_path.h"
#include "base/result.h"
#include "base/task.h"
#include "sync/triple.h"

namespace cloudsync {

// One side of a merge: a stream, the entry it stands at, and the holes it is in.
template <class Facts>
class MergeSide {
 public:
  explicit MergeSide(std::unique_ptr<EntryStream<Facts>> stream) : stream_(std::move(stream)) {}

  // The entry the side stands at; null at the end, or while a new batch is needed.
  const Entry<Facts>* current() const {
    return at_ < batch_.size() ? &batch_.entries()[at_] : nullptr;
  }
  bool needsBatch() const { return at_ >= batch_.size() && !ended_; }
  void advance() { ++at_; }

  Task<Status> fill(CancelToken cancel) {
    Result<EntryBatch<Facts>> batch = co_await stream_->next(cancel);
    if (!batch.ok()) co_return batch.error();
    ended_ = batch->empty();
    batch_ = std::move(batch).value();
    at_ = 0;
    co_return Status();
  }

  // What this side says about `key`, and moves on if it stands there. Asked with growing keys.
  // `facts` are set when something is present, and stay until the next fill().
  Presence take(std::string_view key, const Facts*& facts) {
    const Entry<Facts>* entry = current();
    if (!entry || entry->key != key) return covers(key) ? Presence::unknown : Presence::absent;
    advance();  // the batch, and so the entry, stays
    switch (entry->kind) {
      case EntryKind::file:
      case EntryKind::directory:
        facts = &entry->facts;
        return Presence::present;
      case EntryKind::symlink:
      case EntryKind::special:
      case EntryKind::badName: {
        // What stood below it before (a directory became a symlink or a mount point) is out of
        // sight, not deleted.
        std::string below(key);
        if (!below.ends_with('/')) below += '/';
        std::string end = endOfSubtree(below);
        addHole(std::move(below), std::move(end));
        return Presence::aside;
      }
      case EntryKind::unknown:
        addHole(std::string(key), std::string(entry->unknownEnd));
        return Presence::unknown;
    }
    return Presence::unknown;
  }

 private:
  // Everything in [begin, end) is unknown on this side; an empty `end` means to the end.
  void addHole(std::string begin, std::string end) {
    holes_.push_back(Hole{std::move(begin), std::move(end)});
  }
  bool covers(std::string_view key) {
    if (holes_.empty()) return false;
    // Holes that lie behind are dropped.
    std::erase_if(holes_, [key](const Hole& hole) { return !hole.end.empty() && hole.end <= key; });
    return std::any_of(holes_.begin(), holes_.end(),
                       [key](const Hole& hole) { return hole.begin <= key; });
  }

  std::unique_ptr<EntryStream<Facts>> stream_;
  EntryBatch<Facts> batch_;
  std::size_t at_ = 0;
  bool ended_ = false;
  struct Hole {
    std::string begin;
    std::string end;
  };
  std::vector<Hole> holes_;  // few: bounded by the depth and by names that share a prefix
};

}  // namespace cloudsync
