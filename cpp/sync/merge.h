#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "base/task.h"
#include "scan/base_scan.h"
#include "sync/triple.h"

namespace cloudsync {

// One side of the merge: a stream, the entry it stands at, and the hole it is in.
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

  // Everything in [begin, end) is unknown on this side; an empty `end` means to the end.
  void addHole(std::string begin, std::string end) {
    holes_.push_back(Hole{std::move(begin), std::move(end)});
  }
  // Asked with growing keys, so that holes which lie behind are dropped.
  bool covers(std::string_view key) {
    if (holes_.empty()) return false;
    std::erase_if(holes_, [key](const Hole& hole) { return !hole.end.empty() && hole.end <= key; });
    return std::any_of(holes_.begin(), holes_.end(),
                       [key](const Hole& hole) { return hole.begin <= key; });
  }

 private:
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

// The streaming three-way merge: pulls base, local and remote in key order and yields every key
// that any of them knows, once. Holds one batch of each side, so its memory does not grow with the
// tree, and what agrees costs three comparisons. One consumer.
class ThreeWayMerge {
 public:
  ThreeWayMerge(std::unique_ptr<BaseStream> base, std::unique_ptr<LocalStream> local,
                std::unique_ptr<RemoteStream> remote);

  // Called for each key by `run`; the triple is valid during the call only.
  class Visitor {
   public:
    virtual ~Visitor() = default;
    virtual void visit(const Triple& triple) = 0;
    // What a listing shows but the engine does not carry, for the report.
    virtual void setAside(std::string_view key, EntryKind kind, bool onRemote) = 0;
    // A place that could not be read: what lies below it is unknown.
    virtual void hole(std::string_view key, bool onRemote) = 0;
    // Between two batches: the place to flush what was gathered. An Error ends the merge.
    virtual Task<Status> pause() = 0;
  };

  // To the end of all three. An Error means that a side could not be read as a whole.
  Task<Status> run(Visitor& visitor, CancelToken cancel);

 private:
  Task<Status> fillSides(CancelToken cancel);
  // Visits keys until some side needs its next batch.
  void visitBatch(Visitor& visitor);

  MergeSide<BaseFacts> base_;
  MergeSide<LocalFacts> local_;
  MergeSide<RemoteFacts> remote_;
};

}  // namespace cloudsync
