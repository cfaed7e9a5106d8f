#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "fs/sim_node.h"

namespace cloudsync {

// What the simulated file system can do, and how much fits.
struct SimOptions {
  ByteCount capacity = std::uint64_t{1} << 40U;
  bool reuseInodes = true;  // the number of a removed file goes to the next one, as on ext4
  bool leases = true;
  bool exchange = true;
  bool attributes = true;
  Nanoseconds timeGranularity = 1;  // of the kernel's clock: 4'000'000 is common
};

// The tree of a SimFileSystem, without faults: names, nodes, space, and what of it is on the
// platter. One thread. Paths are components joined by '/', checked by the caller.
class SimDisk {
 public:
  SimDisk(const Clock& clock, SimOptions options);
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  const SimOptions& options() const { return options_; }
  void setCapacity(ByteCount capacity) { options_.capacity = capacity; }  // a disk that fills up
  const SimNodePtr& root() const { return root_; }
  ByteCount used() const { return used_; }
  ByteCount available() const { return options_.capacity - std::min(options_.capacity, used_); }
  Nanoseconds now() const;

  // `anchor` itself for "". `via`, when given, collects the folders on the way.
  Result<SimNodePtr> find(const SimNodePtr& anchor, std::string_view path,
                          std::vector<const SimNode*>* via = nullptr) const;
  // The folder that holds the last component; the component may be free.
  Result<SimNodePtr> findParent(const SimNodePtr& anchor, std::string_view path,
                                std::vector<const SimNode*>* via = nullptr) const;

  Result<SimNodePtr> create(const SimNodePtr& anchor, std::string_view path, FileType type,
                            std::uint32_t permissions);
  Status removeFolder(const SimNodePtr& anchor, std::string_view path);
  Status removeFile(const SimNodePtr& anchor, std::string_view path);
  enum class Onto { freeName, anything, exchange };
  Status move(const SimNodePtr& anchor, std::string_view from, std::string_view to, Onto onto);

  Status write(SimNode& node, ByteCount offset, std::string_view bytes);
  Status truncate(SimNode& node, ByteCount size);
  Status reserve(SimNode& node, ByteCount size);
  FileStat statOf(const SimNode& node) const;

  void open(SimNode& node) { ++node.opens; }
  void close(SimNode& node);

  void syncFile(SimNode& node);
  void syncFolder(const SimNodePtr& folder);
  void syncAll();

  // Makes this one, which is new, the disk as the next process finds it.
  void becomeAfterKill(const SimDisk& before);
  // ... after the power was cut: what was synced is there; anything else may be old, new or torn.
  void becomeAfterPowerLoss(const SimDisk& before, Random& random);

 private:
  using Step = std::list<SimNameStep>::iterator;

  void applyNow(std::vector<SimChange> changes, bool movesFolder);
  void commit(Step step);
  std::optional<Step> earlierDependency(Step step);
  void discardUnlinked(SimNode& node);
  Status charge(SimNode& node, ByteCount size);
  std::uint64_t takeInode();
  void copyFrom(const SimDisk& before);
  void recount();

  const Clock& clock_;
  SimOptions options_;
  SimNodePtr root_;
  std::list<SimNameStep> steps_;  // not certain yet, oldest first
  std::uint64_t nextInode_ = 2;
  std::vector<std::uint64_t> freeInodes_;
  ByteCount used_ = 0;
};

}  // namespace cloudsync
