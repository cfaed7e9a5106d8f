#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "generator.h"
#include "machine.h"
#include "planner_cases.h"
#include "play.h"
#include "sampling.h"
#include "sim_vfs.h"
#include "store/sqlite_state_store.h"

// What the simulator once found, and a few seconds of what it has not seen yet.

namespace cloudsync::sim {
namespace {

class Simulation : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { empty() = emptyState(); }
  static std::string& empty() {
    static std::string state;
    return state;
  }
};

std::vector<std::string> linesOf(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && !line.starts_with('#')) lines.push_back(line);
  }
  return lines;
}

TEST_F(Simulation, EverySavedHistoryKeepsAllPromises) {
  std::size_t played = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CLOUDSYNC_SIM_SEEDS)) {
    for (const std::string& line : linesOf(entry.path())) {
      Result<History> history = parseHistory(line);
      ASSERT_TRUE(history.ok()) << entry.path() << ": " << history.error().subject;
      Outcome outcome = play(*history, empty());
      EXPECT_FALSE(outcome.violation)
          << *outcome.violation << "\n  npm run sim -- --replay '" << line << "'";
      ++played;
    }
  }
  EXPECT_GT(played, 0U);
}

TEST_F(Simulation, FreshHistoriesKeepAllPromises) {
  const std::uint64_t histories = test::kSanitized ? 40 : 400;
  for (std::uint64_t seed = 1; seed <= histories && !HasFailure(); ++seed) {
    History history = randomHistory(seed);
    Outcome outcome = play(history, empty());
    EXPECT_FALSE(outcome.violation)
        << *outcome.violation << "\n  npm run sim -- --replay '" << toText(history) << "'";
  }
}

TEST_F(Simulation, TheSameHistoryIsTheSameEveryTime) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    History history = randomHistory(seed);
    Outcome first = play(history, empty());
    Outcome second = play(history, empty());
    EXPECT_EQ(first.calls, second.calls) << "seed " << seed;
    EXPECT_EQ(first.violation, second.violation) << "seed " << seed;
  }
}

TEST(HistoryText, IsReadAsItIsPrinted) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::string text = toText(randomHistory(seed));
    Result<History> read = parseHistory(text);
    ASSERT_TRUE(read.ok()) << read.error().subject;
    EXPECT_EQ(toText(*read), text);
  }
  EXPECT_FALSE(parseHistory("seed=x").ok());
  EXPECT_FALSE(parseHistory("seed=1; 0 dance").ok());
}

// The database of a device, killed and cut at every call of its first commits.
TEST(StateOnTheSimulatedDisk, OutlivesAPowerCutAtEveryCall) {
  std::uint64_t survived = 0;
  bool more = true;
  for (std::uint64_t at = 1; more; ++at) {
    Schedule schedule(at);
    SimFileSystem disk(schedule.clock());
    disk.makeFolders("/state");
    disk.settle();
    std::unique_ptr<SimFileSystem> process = disk.anotherProcess();
    process->setHook([&](const SimCall& call) -> std::optional<Error> {
      if (call.index == at) process->crash();
      return std::nullopt;
    });
    bool granted = false;
    {
      SimVfs vfs(*process, schedule.clock(), at);
      SimStateFiles files(*process);
      StoreOptions options{"/state", &schedule.clock(), productSchema(), vfs.name(), &files};
      Result<std::unique_ptr<StateStore>> store = openStateStore(options);
      if (store.ok()) {
        Result<SpaceRow> space = (*store)->openSpace("drive");
        Licence licence;
        licence.key = "a";
        granted = space.ok() && (*store)->grant(space->id, {&licence, 1}).ok();
      }
      more = process->crashed();
    }
    std::unique_ptr<SimFileSystem> after = disk.afterPowerLoss(at);
    SimVfs vfs(*after, schedule.clock(), at);
    SimStateFiles files(*after);
    StoreOptions options{"/state", &schedule.clock(), productSchema(), vfs.name(), &files};
    Result<std::unique_ptr<StateStore>> store = openStateStore(options);
    // A database that was never brought to the disk is set aside; nothing was promised by then.
    if (!store.ok() && !granted) store = openStateStore(options);
    ASSERT_TRUE(store.ok()) << "cut at call " << at << ": " << store.error().message;
    Result<SpaceRow> space = (*store)->openSpace("drive");
    ASSERT_TRUE(space.ok()) << "cut at call " << at;
    if (!granted) continue;
    Result<std::vector<Licence>> licences = (*store)->licences(space->id);
    ASSERT_TRUE(licences.ok());
    EXPECT_EQ(licences->size(), 1U) << "a licence is gone after a cut at call " << at;
    ++survived;
  }
  EXPECT_GT(survived, 0U);
}

}  // namespace
}  // namespace cloudsync::sim
