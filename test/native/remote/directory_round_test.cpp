// Many small files that are written side by side share their way to the disk: one call for the
// contents of a round, one fsync for each directory. A crash or a power cut at any call of such a
// round leaves every name with all of its content or none (P2), and what was answered stays.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/task_group.h"
#include "sim_world.h"

namespace cloudsync {
namespace {

constexpr std::array<const char*, 6> kNames = {"a", "b", "d/c", "d/e", "d/f", "g/h"};

std::string contentOf(const std::string& name) { return "the content of " + name; }

Task<void> writeOne(Remote& remote, std::string name, WriteRequest request, std::string& answer) {
  TextSource source(contentOf(name));
  RelPath path = at(name);
  Result<ObjectInfo> written = co_await remote.write(path, source, request, CancelToken());
  answer = outcome(written);
}

// Somebody else's change goes on while the writers come: they gather behind the first of them.
Task<void> letGoLater(Scheduler& scheduler, File& lock) {
  co_await scheduler.sleep(std::chrono::milliseconds(5), CancelToken());
  lock.unlock();
}

Task<void> writeAll(RemoteUser& user, File& lock, std::map<std::string, std::string>& answers) {
  TaskGroup sideBySide(user.world().scheduler());
  sideBySide.add(letGoLater(user.world().scheduler(), lock));
  for (const char* name : kNames) {
    WriteRequest request = user.requestFor(contentOf(name), Precondition::absent());
    sideBySide.add(writeOne(user.remote(), name, std::move(request), answers[name]));
  }
  co_await sideBySide.join();
}

class DirectoryRounds : public testing::Test {
 protected:
  struct Run {
    std::unique_ptr<SimWorld> world = std::make_unique<SimWorld>();
    std::unique_ptr<RemoteUser> user;
    std::map<std::string, std::string> answers;
    std::map<std::string, int> calls;  // by operation
  };
  using Fault = std::function<std::optional<Error>(SimFileSystem&, const SimCall&)>;

  // Writes all of them; `fault` happens at call k. False: there are fewer calls.
  bool write(Run& run, std::uint64_t k, const Fault& fault) {
    run.user = std::make_unique<RemoteUser>(*run.world);
    EXPECT_EQ(outcome(run.user->write("first", "made the folders")), "ok");
    run.world->files().settle();
    auto lock = run.world->directory()->open(at(".cloudsync/lock"), OpenMode::readWrite);
    EXPECT_TRUE(*(*lock)->tryLock());
    std::uint64_t calls = 0;
    SimFileSystem& files = run.world->files();
    files.setHook([&](const SimCall& call) -> std::optional<Error> {
      ++run.calls[std::string(call.operation)];
      return ++calls == k ? fault(files, call) : std::nullopt;
    });
    run.world->run(writeAll(*run.user, **lock, run.answers));
    files.setHook({});
    return calls >= k;
  }

  static void expectWhole(const SimFileSystem& files, const Run& run) {
    for (const auto& [name, answer] : run.answers) {
      std::optional<std::string> text = files.read("/cloud/" + name);
      if (answer == "ok") {
        EXPECT_EQ(text, contentOf(name));
      } else {
        EXPECT_TRUE(!text || *text == contentOf(name)) << name << " holds " << *text;
      }
    }
  }
};

TEST_F(DirectoryRounds, ShareTheirWayToTheDisk) {
  Run run;
  write(run, 0, {});
  for (const auto& [name, answer] : run.answers) EXPECT_EQ(answer, "ok") << name;
  EXPECT_GE(run.calls["syncAll"], 1);
  EXPECT_LT(run.calls["sync"] + run.calls["syncAll"], static_cast<int>(kNames.size()));
}

TEST_F(DirectoryRounds, APowerCutLeavesEachFileWholeOrNotThere) {
  for (std::uint64_t k = 1;; ++k) {
    Run run;
    bool reached = write(run, k, [](SimFileSystem& files, const SimCall&) {
      files.crash();
      return std::optional<Error>();
    });
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE("call " + std::to_string(k) + ", seed " + std::to_string(seed));
      expectWhole(*run.world->files().afterPowerLoss(seed), run);
    }
    if (!reached) return;
  }
}

TEST_F(DirectoryRounds, AFailedCallFailsOnlyWhoNeededIt) {
  for (std::uint64_t k = 1;; ++k) {
    Run run;
    std::string failed;
    bool reached = write(run, k, [&failed](SimFileSystem&, const SimCall& call) {
      failed = call.operation;
      return Error{ErrorKind::system, "injected", std::string(call.path), EIO};
    });
    SCOPED_TRACE("call " + std::to_string(k) + ", " + failed);
    expectWhole(run.world->files(), run);
    // One call for all of them may fail for a file of somebody else: then each says for itself.
    if (failed == "syncAll") {
      for (const auto& [name, answer] : run.answers) EXPECT_EQ(answer, "ok") << name;
    }
    if (!reached) return;
  }
}

}  // namespace
}  // namespace cloudsync
