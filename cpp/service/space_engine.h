#pragma once

#include <cstdint>
#include <memory>

#include "cache/content_store.h"
#include "service/space.h"

namespace cloudsync {

// What a space builds once its root is there. Members in the order in which they need each other.
struct Space::Engine {
  std::unique_ptr<Folder> root;
  std::uint64_t device = 0;  // the root's file system
  NameRule names = NameRule::exact;
  std::unique_ptr<ContentStore> content;
  std::unique_ptr<Placer> placer;
  std::unique_ptr<DownloadQueue> downloads;
  std::unique_ptr<SyncControl> sync;
};

}  // namespace cloudsync
