#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fs/descriptor.h"

namespace cloudsync {

// One event of a group with FAN_REPORT_DFID_NAME: what happened to which name in which directory.
struct FanotifyEvent {
  std::uint64_t mask = 0;
  std::span<const std::uint8_t> directory;  // a file_handle; empty with an overflow
  std::string_view name;                    // "." for the directory itself
};

// PURE. Calls `take` for each event of what was read from the group.
void forEachFanotifyEvent(std::span<const std::uint8_t> read,
                          const std::function<void(const FanotifyEvent&)>& take);

// Which directories below a root the handles in events stand for. One thread.
class HandlePaths {
 public:
  // Both are descriptors of the root; opening handles needs CAP_DAC_READ_SEARCH.
  explicit HandlePaths(int root) : root_(root) {}

  // Can handles be opened here at all?
  bool work() const;
  // Before a batch of events: the root may have been moved, as may what was asked for last.
  void begin();
  // The directory's key ("" is the root itself); nothing when it is gone or not below the root.
  std::optional<std::string> keyOf(std::span<const std::uint8_t> handle);
  // A directory was moved: what is remembered no longer holds.
  void forget() { last_.clear(); }

 private:
  std::optional<std::string> pathOf(std::span<const std::uint8_t> handle) const;

  const int root_;
  std::string rootPath_;
  std::string last_;  // the handle asked for last: events come in runs
  std::optional<std::string> lastKey_;
};

}  // namespace cloudsync
