#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sync/context.h"

namespace cloudsync {

// What a look at the trees, or a pass over a plan, tells of single files: of the first by name,
// then how many more there were. A report, not a flood. One thread at a time.
class Notices {
 public:
  static constexpr std::uint64_t kMostNotices = 200;

  explicit Notices(const SyncContext& context) : context_(context) {}

  void tell(std::string_view key, ErrorKind kind, std::string message) {
    if (++told_ > kMostNotices) {
      lastKind_ = kind;
      return;
    }
    context_.reporter.noticed(Notice{context_.spaceName, printable(key), kind, std::move(message)});
  }

  // `what` completes "12 more ".
  void close(std::string_view what) {
    if (told_ <= kMostNotices) return;
    std::string message = std::to_string(told_ - kMostNotices) + " more " + std::string(what);
    context_.reporter.noticed(Notice{context_.spaceName, "", lastKind_, std::move(message)});
  }

 private:
  const SyncContext& context_;
  std::uint64_t told_ = 0;
  ErrorKind lastKind_ = ErrorKind::internal;  // of those without a notice of their own
};

}  // namespace cloudsync
