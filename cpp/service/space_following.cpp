#include <utility>

#include "service/space.h"
#include "service/space_engine.h"
#include "sync/changed_here.h"
#include "sync/outcome.h"

// What keeping a space in sync by itself needs of it.

namespace cloudsync {

void Space::keepInSync(Continuous::Opener opener, Continuous::Options options,
                       std::optional<Error> obstacle) {
  std::lock_guard lock(followingMutex_);
  if (following_) {
    following_->setObstacle(std::move(obstacle));
    return;
  }
  Continuous::Needs needs{*this, needs_.world.scheduler, needs_.activity, config_.name,
                          std::move(opener)};
  following_ = std::make_unique<Continuous>(std::move(needs), options);
  following_->setObstacle(std::move(obstacle));
  continuous_.store(following_.get());
  following_->begin();
}

Task<void> Space::whenFree() {
  Engine* engine = ready_.load(std::memory_order_acquire);
  if (engine) co_await engine->sync->whenFree();
}

Task<Result<KeySet>> Space::changedHere(KeySet keys, std::size_t mostParts, CancelToken cancel) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  co_return co_await findChangedHere((*opened)->sync->context(), std::move(keys), mostParts,
                                     std::move(cancel));
}

Task<Session::Outcome> Space::follow(KeySet keys) {
  Result<Engine*> opened = engine();
  if (opened.ok()) co_return co_await (*opened)->sync->follow(std::move(keys));
  // No root: there is nobody else to say so.
  const Error& why = opened.error();
  SyncError error = syncErrorOf(why.kind);
  noticed(Notice{config_.name, "", why.kind, why.message});
  needs_.hub.broadcast(SyncEvent{config_.name, SyncState::downloadFailed, error, true});
  co_return Session::Outcome{SyncState::downloadFailed, error, why};
}

}  // namespace cloudsync
