#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "fs/walk.h"
#include "scan/scope.h"

namespace cloudsync {

// What a walk in a scope hands on.
struct Seen {
  std::vector<std::string> inScope;
  std::vector<std::string> ignored;
  std::vector<std::string> unknown;
};

inline Task<void> collectScope(LocalStream& stream, Seen& seen) {
  while (true) {
    Task<Result<LocalBatch>> step = stream.next(CancelToken());
    Result<LocalBatch> batch = co_await step;
    EXPECT_TRUE(batch.ok());
    if (!batch.ok() || batch->empty()) co_return;
    for (const Entry<LocalFacts>& entry : batch->entries()) {
      std::vector<std::string>& list = entry.kind == EntryKind::ignored   ? seen.ignored
                                       : entry.kind == EntryKind::unknown ? seen.unknown
                                                                          : seen.inScope;
      list.emplace_back(entry.key);
    }
  }
}

inline Seen walkInScope(const Scope& scope, Folder& root) {
  SimScheduler scheduler(1);
  WalkOptions options;
  options.filter = scope.filter();
  std::unique_ptr<LocalStream> stream = walk(scheduler, root, std::move(options));
  Seen seen;
  spawn(scheduler, Lane::background, collectScope(*stream, seen),
        [](std::exception_ptr failure) { EXPECT_EQ(failure, nullptr); });
  scheduler.run();
  return seen;
}

}  // namespace cloudsync
