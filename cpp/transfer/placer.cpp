#include "transfer/placer.h"

#include <span>
#include <utility>
#include <vector>

namespace cloudsync {

namespace {

constexpr std::size_t kMostPerRound = 256;

// The answers of a round, one per item; a round that failed as a whole failed for each of them.
std::vector<Result<Placement>> spread(Result<std::vector<Placement>> round, std::size_t count) {
  std::vector<Result<Placement>> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (round.ok()) {
      out.emplace_back(std::move((*round)[i]));
    } else {
      out.emplace_back(round.error());
    }
  }
  return out;
}

}  // namespace

Placer::Placer(Scheduler& scheduler, ContentStore& content, StateStore& store, SpaceId space,
               std::function<Status()> afterFreeing)
    : content_(content),
      afterFreeing_(std::move(afterFreeing)),
      publishing_(scheduler, kMostPerRound,
                  [this, &content](std::span<Staged> round) {
                    // Before the lock: a busy disk must hold up nobody who only looks.
                    content.syncContents(round);
                    std::lock_guard lock(rounds_);
                    return spread(content.publish(round), round.size());
                  }),
      discarding_(scheduler, kMostPerRound,
                  [this, &content](std::span<Removal> round) {
                    std::lock_guard lock(rounds_);
                    return spread(content.discard(round), round.size());
                  }),
      freeing_(scheduler, kMostPerRound,
               [this, &content](std::span<Removal> round) {
                 std::lock_guard lock(rounds_);
                 Result<std::vector<Placement>> freed = content.free(round);
                 Status remembered = afterFreeing_();
                 if (freed.ok() && !remembered.ok()) freed = remembered.error();
                 return spread(std::move(freed), round.size());
               }),
      relocating_(scheduler, kMostPerRound,
                  [this, &content](std::span<Relocation> round) {
                    std::lock_guard lock(rounds_);
                    return spread(content.relocate(round), round.size());
                  }),
      committing_(scheduler, kMostPerRound,
                  [&store, space](std::span<BaseChange> round) {
                    return std::vector<Status>(round.size(), store.commit(space, round));
                  }),
      settling_(scheduler, kMostPerRound, [&store, space](std::span<PlanOp> round) {
        return std::vector<Status>(round.size(), store.settleOps(space, round));
      }) {}

Result<std::string> Placer::moveAside(const std::string& key, const Fingerprint& expected,
                                      const Sha256& sha256) {
  std::lock_guard lock(rounds_);
  return content_.moveAside(key, expected, sha256);
}

Status Placer::rename(const RelPath& from, const RelPath& to) {
  std::lock_guard lock(rounds_);
  return content_.rename(from, to);
}

Result<std::string> Placer::restoreTrashed(const std::string& round, const std::string& name) {
  std::lock_guard lock(rounds_);
  return content_.restoreTrashed(round, name);
}

}  // namespace cloudsync
