#include "world.h"

#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>

#include "base/sim_scheduler.h"
#include "fs/posix_file_system.h"
#include "fs/sim_file_system.h"
#include "temp_directory.h"

namespace cloudsync {

namespace {

class PosixWorld final : public World {
 public:
  explicit PosixWorld(Resolution resolution) : fileSystem_(resolution) {}
  FileSystem& fileSystem() override { return fileSystem_; }
  std::string root() const override { return temp_.path(); }
  void makeLink(const std::string& path, const std::string& target) override {
    std::filesystem::create_symlink(target, temp_.at(path));
  }
  void makeFifo(const std::string& path) override {
    if (::mkfifo(temp_.at(path).c_str(), 0600) != 0) throw std::runtime_error("no FIFO");
  }

 private:
  TempDirectory temp_;
  PosixFileSystem fileSystem_;
};

class SimWorld final : public World {
 public:
  SimWorld() : fileSystem_(clock_) { fileSystem_.makeFolders(kRoot); }
  FileSystem& fileSystem() override { return fileSystem_; }
  std::string root() const override { return kRoot; }
  void makeLink(const std::string& path, const std::string& target) override {
    fileSystem_.makeLink(at(path), target);
  }
  void makeFifo(const std::string& path) override { fileSystem_.makeFifo(at(path)); }

 private:
  static constexpr const char* kRoot = "/world/root";
  static std::string at(const std::string& path) {
    return std::string(kRoot).append(1, '/') + path;
  }
  SimClock clock_;
  SimFileSystem fileSystem_;
};

}  // namespace

std::unique_ptr<World> makeSimWorld() { return std::make_unique<SimWorld>(); }

std::unique_ptr<World> makePosixWorld() { return std::make_unique<PosixWorld>(Resolution::kernel); }

std::unique_ptr<World> makeComponentWiseWorld() {
  return std::make_unique<PosixWorld>(Resolution::componentWise);
}

}  // namespace cloudsync
