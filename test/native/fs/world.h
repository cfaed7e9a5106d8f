#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fs/file_system.h"

namespace cloudsync {

// A file system under test with an empty directory in it, and what a user can do there that the
// interface cannot.
class World {
 public:
  virtual ~World() = default;
  virtual FileSystem& fileSystem() = 0;
  virtual std::string root() const = 0;
  virtual void makeLink(const std::string& path, const std::string& target) = 0;
  virtual void makeFifo(const std::string& path) = 0;

  std::unique_ptr<Folder> open() { return fileSystem().openRoot(root()).value(); }
};

struct WorldMaker {
  std::string name;
  std::function<std::unique_ptr<World>()> make;
};

std::unique_ptr<World> makePosixWorld();
std::unique_ptr<World> makeComponentWiseWorld();  // as on a kernel without openat2
std::unique_ptr<World> makeSimWorld();

}  // namespace cloudsync
