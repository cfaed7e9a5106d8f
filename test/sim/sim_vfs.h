#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "fs/sim_file_system.h"
#include "store/state_files.h"

namespace cloudsync::sim {

// SQLite on the simulated disk: what a database does to its files goes through one process's
// SimFileSystem, so that a kill and a power cut reach it as they reach everything else. Shared
// memory and locks are those of the connections of this one process, and die with it, as the
// kernel's do. Registered under a name of its own while it lives; outlives its connections.
class SimVfs {
 public:
  SimVfs(SimFileSystem& files, const Clock& clock, std::uint64_t seed);
  ~SimVfs();
  SimVfs(const SimVfs&) = delete;
  SimVfs& operator=(const SimVfs&) = delete;

  const std::string& name() const;
  std::uint64_t writes() const;  // of databases and their logs

  struct State;  // for the callbacks

 private:
  std::unique_ptr<State> state_;
};

// The state directory on the same disk.
class SimStateFiles final : public StateFiles {
 public:
  explicit SimStateFiles(SimFileSystem& files) : files_(files) {}

  Status makeDirectory(const std::string& path) const override;
  Result<std::optional<ByteCount>> sizeOf(const std::string& path) const override;
  Status create(const std::string& path) const override;
  Status makePrivate(const std::string& path) const override;
  Status move(const std::string& from, const std::string& to) const override;
  Status syncDirectory(const std::string& path) const override;

 private:
  SimFileSystem& files_;
};

}  // namespace cloudsync::sim
