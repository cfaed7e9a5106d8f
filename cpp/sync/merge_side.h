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
    if (!entry || entry->key != key) return hiddenIn(key);
    advance();  // the batch, and so the entry, stays
    switch (entry->kind) {
      case EntryKind::file:
      case EntryKind::directory:
        facts = &entry->facts;
        return Presence::present;
      case EntryKind::symlink:
      case EntryKind::special:
      case EntryKind::badName:
        // What stood below it before (a directory became a symlink or a mount point) is out of
        // sight, not deleted.
        hideBelow(key, Presence::unknown);
        return Presence::aside;
      case EntryKind::ignored:
        hideBelow(key, Presence::ignored);
        return Presence::ignored;
      case EntryKind::unknown:
        holes_.push_back(Hole{std::string(key), std::string(entry->unknownEnd), Presence::unknown});
        return Presence::unknown;
    }
    return Presence::unknown;
  }

 private:
  void hideBelow(std::string_view key, Presence presence) {
    std::string below(key);
    if (!below.ends_with('/')) below += '/';
    std::string end = endOfSubtree(below);
    holes_.push_back(Hole{std::move(below), std::move(end), presence});
  }
  // What a key is that no entry stands for: absent, or out of sight in a hole.
  Presence hiddenIn(std::string_view key) {
    if (holes_.empty()) return Presence::absent;
    // Holes that lie behind are dropped.
    std::erase_if(holes_, [key](const Hole& hole) { return !hole.end.empty() && hole.end <= key; });
    auto hole = std::find_if(holes_.begin(), holes_.end(),
                             [key](const Hole& each) { return each.begin <= key; });
    return hole == holes_.end() ? Presence::absent : hole->presence;
  }

  std::unique_ptr<EntryStream<Facts>> stream_;
  EntryBatch<Facts> batch_;
  std::size_t at_ = 0;
  bool ended_ = false;
  // Everything in [begin, end) is out of sight on this side; an empty `end` means to the end.
  struct Hole {
    std::string begin;
    std::string end;
    Presence presence;
  };
  std::vector<Hole> holes_;  // few: bounded by the depth and by names that share a prefix
};

}  // namespace cloudsync
