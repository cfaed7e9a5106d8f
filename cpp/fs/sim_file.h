#pragma once

#include <string>

#include "fs/file_system.h"
#include "fs/sim_state.h"

namespace cloudsync {

// An open file of the simulated disk. Made by SimFolder::open.
class SimFile final : public File {
 public:
  enum class Access { read, readWrite };
  SimFile(SimState& state, SimNodePtr node, std::string path, Access access);
  ~SimFile() override;

  Result<FileStat> stat() override;
  Result<std::size_t> readAt(ByteCount offset, std::span<std::uint8_t> into) override;
  Status writeAt(ByteCount offset, std::span<const std::uint8_t> bytes) override;
  Status truncate(ByteCount size) override;
  Status allocate(ByteCount size) override;
  void startWriteback(ByteRange range) override;
  Status sync() override;
  Status setTimes(Nanoseconds accessTime, Nanoseconds modifyTime) override;
  Status setPermissions(std::uint32_t permissions) override;

  Result<LeaseState> takeReadLease() override;
  Result<bool> leaseBroken() override;
  void releaseLease() override;
  Result<bool> tryLock() override;
  void unlock() override;

  Result<std::optional<std::string>> attribute(std::string_view name) override;
  Status setAttribute(std::string_view name, std::string_view value) override;

  // As the kernel does it, be it for a destructor or for a process that died: no gate.
  void closeNow();

 private:
  Status enter(std::string_view operation) const { return state_.enter(operation, "", path_); }
  Status enterToWrite(std::string_view operation) const;

  SimState& state_;
  SimNodePtr node_;
  std::string path_;
  Access access_;
  bool hasLease_ = false;
  bool closed_ = false;
};

}  // namespace cloudsync
