#pragma once

#include <memory>
#include <string_view>

#include "base/cancel.h"
#include "base/result.h"
#include "base/task.h"
#include "scan/base_scan.h"
#include "sync/merge_side.h"
#include "sync/triple.h"

namespace cloudsync {

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
