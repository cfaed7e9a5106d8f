#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/activity.h"
#include "base/async_semaphore.h"
#include "events/hub.h"
#include "service/config.h"
#include "service/owner_lock.h"
#include "service/service.h"
#include "service/space.h"
#include "service/world.h"
#include "store/state_store.h"

namespace cloudsync {

// A device without the threads under it: state store, spaces, and who listens. The simulator builds
// one over a simulated world; ProductionService puts a real one under it. Any thread.
class Device {
 public:
  // Opens the state store and the remotes; roots are opened when they are first needed.
  static Result<std::unique_ptr<Device>> open(const Config& config, World world,
                                              std::unique_ptr<StateStore> store);

  Scheduler& scheduler() { return world_.scheduler; }
  Clock& clock() { return world_.clock; }
  Hub& hub() { return hub_; }
  Activity& activity() { return activity_; }
  StateStore& store() { return *store_; }

  Space* space(const std::string& name);
  const std::vector<std::unique_ptr<Space>>& spaces() const { return spaces_; }
  // The space and the path in it that `uri` names.
  struct Place {
    Space* space;
    RelPath path;
  };
  Result<Place> resolve(const std::string& uri);

  void cancelAll();
  // For whoever opens another device on the same state: this one is of no use afterwards.
  std::unique_ptr<StateStore> takeStore() { return std::move(store_); }

 private:
  Device(World world, std::unique_ptr<StateStore> store, std::size_t streams);

  World world_;
  std::unique_ptr<StateStore> store_;
  AsyncSemaphore streams_;
  Hub hub_;
  Activity activity_;
  std::vector<std::unique_ptr<Space>> spaces_;  // constant after construction
};

}  // namespace cloudsync
