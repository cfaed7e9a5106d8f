#include "generator.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/random.h"

namespace cloudsync::sim {

namespace {

using Kind = Step::Kind;

// Neighbours in key order, a case pair, one letter in both normal forms, and depth.
constexpr std::array kNames = {"a",   "a!",  "a-b",   "a.txt",    "a/x",       "a/y", "A",
                               "d/1", "d/2", "d/e/3", "\xc3\xa9", "e\xcc\x81", "z",   "d"};
constexpr std::array kFolders = {"a", "d", "d/e", "n", "a/m"};

struct Weighted {
  Kind kind;
  unsigned weight;
};
constexpr std::array kUserSteps = {
    Weighted{Kind::write, 10},   Weighted{Kind::append, 3}, Weighted{Kind::edit, 4},
    Weighted{Kind::truncate, 1}, Weighted{Kind::rename, 6}, Weighted{Kind::swap, 2},
    Weighted{Kind::mkdir, 2},    Weighted{Kind::remove, 5}, Weighted{Kind::link, 1}};
constexpr std::array kOtherSteps = {
    Weighted{Kind::free, 4},   Weighted{Kind::fetch, 3},   Weighted{Kind::settle, 4},
    Weighted{Kind::kill, 2},   Weighted{Kind::power, 2},   Weighted{Kind::close, 2},
    Weighted{Kind::backup, 1}, Weighted{Kind::restore, 1}, Weighted{Kind::full, 1},
    Weighted{Kind::fail, 1},   Weighted{Kind::cutOff, 1},  Weighted{Kind::connect, 2},
    Weighted{Kind::fault, 2},  Weighted{Kind::unmount, 1}, Weighted{Kind::cloudPower, 1},
    Weighted{Kind::lie, 2},    Weighted{Kind::jump, 1}};
constexpr std::array kInterruptions = {
    Weighted{Kind::kill, 6},    Weighted{Kind::power, 5},      Weighted{Kind::stop, 2},
    Weighted{Kind::begin, 1},   Weighted{Kind::settle, 1},     Weighted{Kind::fail, 2},
    Weighted{Kind::fault, 3},   Weighted{Kind::cloudPower, 1}, Weighted{Kind::cutOff, 1},
    Weighted{Kind::connect, 1}, Weighted{Kind::full, 1},       Weighted{Kind::unmount, 1}};

class Author {
 public:
  explicit Author(std::uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15U + 1) {}

  History write(std::uint64_t seed) {
    History history;
    Setting& setting = history.setting;
    setting.seed = seed;
    setting.devices = chance(5) ? 3 : 2;
    devices_ = setting.devices;
    constexpr std::array kClouds = {Setting::Cloud::directory, Setting::Cloud::directory,
                                    Setting::Cloud::directory, Setting::Cloud::s3,
                                    Setting::Cloud::s3Plain,   Setting::Cloud::s3Versioned};
    setting.cloud = kClouds[below(kClouds.size())];
    isDirectory_ = setting.cloud == Setting::Cloud::directory;
    for (unsigned device = 0; device < static_cast<unsigned>(devices_); ++device) {
      if (chance(4)) setting.onDemand |= 1U << device;
    }
    setting.leases = !chance(6);
    setting.exchange = !chance(6);
    setting.newState = chance(10);
    std::size_t length = 4 + below(10);
    bool calm = chance(3);  // no accidents: what is left must be in step at once
    for (std::size_t i = 0; i < length; ++i) history.steps.push_back(next(calm));
    return history;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_.next() % limit); }
  bool chance(std::size_t oneIn) { return below(oneIn) == 0; }
  int someDevice() { return static_cast<int>(below(static_cast<std::size_t>(devices_))); }
  std::string someName() { return kNames[below(kNames.size())]; }

  template <std::size_t Count>
  Kind pick(const std::array<Weighted, Count>& from) {
    std::size_t sum = 0;
    for (const Weighted& one : from) sum += one.weight;
    std::size_t chosen = below(sum);
    for (const Weighted& one : from) {
      if (chosen < one.weight) return one.kind;
      chosen -= one.weight;
    }
    return from[0].kind;
  }

  Step next(bool calm) {
    std::size_t dice = below(20);
    if (dice < 9) return userStep();
    if (dice < 16 || calm) return syncStep(calm);
    Step step = machineStep(pick(kOtherSteps));
    return step;
  }

  Step userStep() {
    Step step;
    step.kind = pick(kUserSteps);
    step.where = isDirectory_ && chance(8) ? kCloud : someDevice();
    step.path = step.kind == Kind::mkdir ||
                        ((step.kind == Kind::rename || step.kind == Kind::remove) && chance(3))
                    ? kFolders[below(kFolders.size())]
                    : someName();
    step.other = chance(4) ? kFolders[below(kFolders.size())] : someName();
    // Now and then what somebody else writes, too, and nothing at all.
    step.number = chance(12)   ? 0
                  : chance(10) ? 1 + static_cast<std::int64_t>(below(3))
                               : ++written_;
    return step;
  }

  Step syncStep(bool calm) {
    Step step;
    step.kind = Kind::sync;
    auto all = (std::int64_t{1} << devices_) - 1;
    step.number = chance(3) ? 1 + static_cast<std::int64_t>(below(static_cast<std::size_t>(all)))
                            : std::int64_t{1} << someDevice();
    if (calm || chance(2)) return step;
    for (std::size_t count = 1 + below(2); count > 0; --count) {
      // Runs are short and long: small numbers are as likely as large ones.
      std::uint64_t call = 1 + below(std::size_t{1} << (3 + below(8)));
      Step inner = chance(2) ? userStep() : machineStep(pick(kInterruptions));
      step.during.push_back({call, std::move(inner)});
    }
    return step;
  }

  Step machineStep(Kind kind) {
    Step step;
    step.kind = kind;
    step.where = someDevice();
    switch (kind) {
      case Kind::free:
      case Kind::fetch:
        step.path = someName();
        break;
      case Kind::power:
      case Kind::cloudPower:
        step.number = 1 + static_cast<std::int64_t>(below(1000));
        break;
      case Kind::full:
        step.number = chance(3) ? 0 : static_cast<std::int64_t>(below(20'000));
        break;
      case Kind::fail:
      case Kind::fault:
        step.number = 1 + static_cast<std::int64_t>(below(chance(3) ? 20 : 3));
        break;
      case Kind::lie:
        step.number = chance(2) ? 10 : 1 + static_cast<std::int64_t>(below(9));
        break;
      case Kind::jump:
        step.number = static_cast<std::int64_t>(below(7200)) - 3600;
        break;
      default:
        break;
    }
    return step;
  }

  SeededRandom random_;
  int devices_ = 2;
  bool isDirectory_ = true;
  std::int64_t written_ = 3;
};

}  // namespace

History randomHistory(std::uint64_t seed) { return Author(seed).write(seed); }

}  // namespace cloudsync::sim
