// `npm run sim`: plays random histories until the time is over or one of them breaks a promise.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

#include "generator.h"
#include "machine.h"
#include "planner_cases.h"
#include "play.h"

namespace cloudsync::sim {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kShrinkTries = 2'000;
constexpr std::string_view kHelp =
    "cloudsync_sim [--seconds N] [--seed S] [--histories N] [--keep-going]\n"
    "cloudsync_sim --planner [--seconds N] [--seed S] [--histories N] [--keep-going]\n"
    "cloudsync_sim [--trace] --replay 'HISTORY' | FILE\n"
    "\n"
    "Plays random histories of devices, users and accidents against the sync engine in virtual\n"
    "time. A history that breaks a promise is shortened and printed with the command that plays "
    "it\n"
    "again.\n"
    "\n"
    "  --seconds N     how long (10)\n"
    "  --seed S        the first history's seed; the next one has the next (random)\n"
    "  --histories N   how many at most\n"
    "  --planner       small cases of deciding instead, without a world around them\n"
    "  --keep-going    do not stop at the first that fails\n"
    "  --replay H      plays this one: its text, or a file of such lines\n"
    "  --trace         prints every step and every call of it\n";

struct Arguments {
  double seconds = 10;
  std::uint64_t seed = std::random_device()();
  std::uint64_t histories = UINT64_MAX;
  bool keepGoing = false;
  bool planner = false;
  bool trace = false;
  std::string replay;
};

Arguments readArguments(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    std::string_view word = words[i];
    std::string value = i + 1 < count ? words[i + 1] : "";
    if (word == "--keep-going") {
      arguments.keepGoing = true;
      continue;
    }
    if (word == "--planner") {
      arguments.planner = true;
      continue;
    }
    if (word == "--trace") {
      arguments.trace = true;
      continue;
    }
    if (word == "--seconds") {
      arguments.seconds = std::strtod(value.c_str(), nullptr);
    } else if (word == "--seed") {
      arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (word == "--histories") {
      arguments.histories = std::strtoull(value.c_str(), nullptr, 10);
    } else if (word == "--replay") {
      arguments.replay = value;
    } else {
      std::cerr << kHelp;
      std::exit(word == "--help" ? 0 : 2);
    }
    ++i;
  }
  return arguments;
}

// What failed, shorter, and how to see it again.
void tell(const History& history, const std::string& empty) {
  History small = shrink(history, empty, kShrinkTries);
  Outcome outcome = play(small, empty);
  std::cout << "\n"
            << outcome.violation.value_or("(it does not fail again)") << "\n  seed "
            << history.setting.seed << ", shortened from " << history.steps.size() << " to "
            << small.steps.size() << " steps\n  npm run sim -- --replay '" << toText(small) << "'\n"
            << std::flush;
}

int replayLine(const std::string& line, const std::string& empty, std::ostream* trace) {
  Result<History> history = parseHistory(line);
  if (!history.ok()) {
    std::cerr << history.error().message << ": " << history.error().subject << "\n";
    return 2;
  }
  Outcome outcome = play(*history, empty, trace);
  std::cout << outcome.violation.value_or("all promises were kept") << "\n";
  return outcome.violation ? 1 : 0;
}

int replay(const Arguments& arguments, const std::string& empty) {
  std::ostream* trace = arguments.trace ? &std::cout : nullptr;
  std::ifstream file(arguments.replay);
  if (!file) return replayLine(arguments.replay, empty, trace);
  int worst = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    worst = std::max(worst, replayLine(line, empty, trace));
  }
  return worst;
}

// How far it got, and how fast.
struct Tally {
  SteadyClock::time_point began = SteadyClock::now();
  std::uint64_t played = 0;
  std::uint64_t failed = 0;

  std::clock_t cpuBegan = std::clock();

  double seconds() const {
    return std::chrono::duration<double>(SteadyClock::now() - began).count();
  }
  bool goesOn(const Arguments& arguments) const {
    return played < arguments.histories && seconds() < arguments.seconds &&
           (failed == 0 || arguments.keepGoing);
  }
  int end(std::string_view what) const {
    double cpu = static_cast<double>(std::clock() - cpuBegan) / CLOCKS_PER_SEC;
    std::printf("%llu %s in %.1f s, %.1f s of a core (%.0f a second of it), %llu failed\n",
                static_cast<unsigned long long>(played), std::string(what).c_str(), seconds(), cpu,
                static_cast<double>(played) / cpu, static_cast<unsigned long long>(failed));
    return failed == 0 ? 0 : 1;
  }
};

int runPlanner(const Arguments& arguments) {
  PlannerCases cases;
  Tally tally;
  while (tally.goesOn(arguments)) {
    std::uint64_t seed = arguments.seed + tally.played++;
    std::optional<std::string> complaint = cases.play(seed);
    if (!complaint) continue;
    ++tally.failed;
    std::cout << "\n"
              << *complaint << "\n  npm run sim -- --planner --histories 1 --seed " << seed << "\n"
              << std::flush;
  }
  return tally.end("planner cases");
}

int runHistories(const Arguments& arguments, const std::string& empty) {
  Tally tally;
  std::uint64_t calls = 0;
  std::uint64_t runs = 0;
  while (tally.goesOn(arguments)) {
    History history = randomHistory(arguments.seed + tally.played++);
    Outcome outcome = play(history, empty);
    calls += outcome.calls;
    runs += outcome.runs;
    if (!outcome.violation) continue;
    ++tally.failed;
    tell(history, empty);
  }
  std::printf("%llu runs of devices, %llu calls\n", static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(calls));
  return tally.end("histories");
}

int run(const Arguments& arguments) {
  const std::string empty = emptyState();
  if (!arguments.replay.empty()) return replay(arguments, empty);
  std::cout << "first seed " << arguments.seed << "\n" << std::flush;
  return arguments.planner ? runPlanner(arguments) : runHistories(arguments, empty);
}

}  // namespace

}  // namespace cloudsync::sim

int main(int count, char** words) {
  return cloudsync::sim::run(cloudsync::sim::readArguments(count, words));
}
