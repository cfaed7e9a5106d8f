#pragma once

#include <atomic>
#include <string>

#include "fs/descriptor.h"
#include "fs/file_system.h"

namespace cloudsync {

// A regular file of the kernel. Made by PosixFolder::open.
class PosixFile final : public File {
 public:
  // `subject` is the path it was opened by: for messages only, the file may have moved since.
  PosixFile(Descriptor descriptor, std::string subject)
      : descriptor_(std::move(descriptor)), subject_(std::move(subject)) {}

  Result<FileStat> stat() override;
  Result<std::size_t> readAt(ByteCount offset, std::span<std::uint8_t> into) override;
  Status writeAt(ByteCount offset, std::span<const std::uint8_t> bytes) override;
  Status truncate(ByteCount size) override;
  Status allocate(ByteCount size) override;
  void bypassCache() override;
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

 private:
  bool writesDirectly(ByteCount offset, std::span<const std::uint8_t> bytes) const;
  Error failure(std::string_view what) const;  // of the errno that stands now

  Descriptor descriptor_;  // constant after construction
  std::string subject_;    // the same
  Descriptor direct_;      // the same file, past the page cache; set before the first write
  std::atomic<bool> refusesDirect_{false};
};

}  // namespace cloudsync
