#pragma once

#include <memory>
#include <utility>

#include "base/sim_scheduler.h"
#include "fs/sim_file_system.h"
#include "remote/directory/directory_remote.h"
#include "remote_world.h"
#include "sim_run.h"

namespace cloudsync {

// A directory remote in memory, in virtual time.
class SimWorld final : public RemoteWorld {
 public:
  explicit SimWorld(std::uint64_t seed = 1)
      : scheduler_(seed),
        random_(seed),
        files_(std::make_unique<SimFileSystem>(scheduler_.simClock())) {
    files_->makeFolders("/cloud");
    files_->settle();
    folder_ = std::move(files_->openRoot("/cloud")).value();
  }
  Scheduler& scheduler() override { return scheduler_; }
  Random& random() override { return random_; }
  Folder* directory() override { return folder_.get(); }
  std::unique_ptr<Remote> open() override {
    return makeDirectoryRemote(*files_, scheduler_, scheduler_.clock(), random_, "/cloud");
  }
  void makeLink(std::string_view path, std::string_view target) override {
    files_->makeLink("/cloud/" + std::string(path), target);
  }
  void makeFifo(std::string_view path) override { files_->makeFifo("/cloud/" + std::string(path)); }
  void removeDirectory() override { files_->remove("/cloud"); }

  SimFileSystem& files() { return *files_; }

 private:
  void runToEnd(Task<void> task) override { runSimulated(scheduler_, std::move(task)); }

  SimScheduler scheduler_;
  SeededRandom random_;
  std::unique_ptr<SimFileSystem> files_;
  std::unique_ptr<Folder> folder_;
};

}  // namespace cloudsync
