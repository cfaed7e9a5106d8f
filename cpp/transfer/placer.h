#pragma once

#include <functional>
#include <mutex>

#include "base/batcher.h"
#include "base/scheduler.h"
#include "cache/content_store.h"
#include "store/state_store.h"

namespace cloudsync {

// The rounds of one space: what many transfers want placed, removed, freed or written as a row at
// the same time is done together, so that a round shares its licence, its directory fsyncs and its
// transaction. `Result<Placement> placed = co_await placer.publish(std::move(staged));`
// Owned by the space; outlives whoever waits in it.
class Placer {
 public:
  // `afterFreeing` runs at the end of each freeing round, before anybody else sees the tree: it
  // remembers the generation that the round has raised.
  Placer(Scheduler& scheduler, ContentStore& content, StateStore& store, SpaceId space,
         std::function<Status()> afterFreeing);

  auto publish(Staged staged) { return publishing_.submit(std::move(staged)); }
  auto discard(Removal removal) { return discarding_.submit(std::move(removal)); }
  auto free(Removal removal) { return freeing_.submit(std::move(removal)); }
  auto relocate(Relocation relocation) { return relocating_.submit(std::move(relocation)); }
  // A row of the base tree. Result<void> as Status.
  auto commit(BaseChange change) { return committing_.submit(std::move(change)); }
  // Gives the local file its conflict name (ContentStore::moveAside). Blocks for a rename.
  Result<std::string> moveAside(const std::string& key, const Fingerprint& expected,
                                const Sha256& sha256);
  // For a person (ContentStore::rename, restoreTrashed). Block as well.
  Status rename(const RelPath& from, const RelPath& to);
  Result<std::string> restoreTrashed(const std::string& round, const std::string& name);
  // Runs `look` while no round is in progress: what it sees of the tree and of the rows belongs
  // together. A file that is being freed has left its name before its row says so.
  template <class Look>
  auto betweenRounds(Look look) {
    std::lock_guard lock(rounds_);
    return look();
  }
  // What became of an operation of the plan.
  auto settle(PlanOp op) { return settling_.submit(std::move(op)); }

 private:
  ContentStore& content_;
  const std::function<Status()> afterFreeing_;
  // ContentStore wants one round at a time, over all of its methods.
  std::mutex rounds_;
  Batcher<Staged, Result<Placement>> publishing_;
  Batcher<Removal, Result<Placement>> discarding_;
  Batcher<Removal, Result<Placement>> freeing_;
  Batcher<Relocation, Result<Placement>> relocating_;
  Batcher<BaseChange, Status> committing_;
  Batcher<PlanOp, Status> settling_;
};

}  // namespace cloudsync
