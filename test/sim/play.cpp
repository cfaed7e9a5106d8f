#include "play.h"

#include <exception>
#include <string>
#include <utility>

namespace cloudsync::sim {

namespace {

// "P1": what must stay the same while a history gets shorter.
std::string promiseOf(const Violation& violation) { return violation.substr(0, 2); }

class Shrinker {
 public:
  Shrinker(History history, std::string_view emptyState, int tries)
      : best_(std::move(history)), emptyState_(emptyState), left_(tries) {
    std::optional<Violation> violation = play(best_, emptyState_).violation;
    if (violation) promise_ = promiseOf(*violation);
  }

  History run() {
    bool better = !promise_.empty();
    while (better && left_ > 0) {
      better = dropSteps();
      better = simplifySteps() || better;
      better = simplifySetting() || better;
    }
    return std::move(best_);
  }

 private:
  bool stillFails(const History& candidate) {
    if (--left_ < 0) return false;
    std::optional<Violation> violation = play(candidate, emptyState_).violation;
    return violation && promiseOf(*violation) == promise_;
  }
  bool take(History candidate) {
    if (!stillFails(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Large pieces first.
  bool dropSteps() {
    bool any = false;
    for (std::size_t piece = best_.steps.size() / 2; piece > 0; piece /= 2) {
      for (std::size_t at = 0; at + piece <= best_.steps.size();) {
        History shorter = best_;
        auto begin = shorter.steps.begin() + static_cast<std::ptrdiff_t>(at);
        shorter.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(piece));
        if (take(std::move(shorter))) {
          any = true;
        } else {
          ++at;
        }
      }
    }
    return any;
  }

  bool simplifySteps() {
    bool any = false;
    for (std::size_t at = 0; at < best_.steps.size(); ++at) {
      for (std::size_t i = 0; i < best_.steps[at].during.size();) {
        History simpler = best_;
        auto& during = simpler.steps[at].during;
        during.erase(during.begin() + static_cast<std::ptrdiff_t>(i));
        if (take(std::move(simpler))) {
          any = true;
        } else {
          ++i;
        }
      }
      for (std::size_t i = 0; i < best_.steps[at].during.size(); ++i) {
        // An interruption that is a step of its own is easier to read.
        History simpler = best_;
        Step::Interruption moved = simpler.steps[at].during[i];
        simpler.steps[at].during.erase(simpler.steps[at].during.begin() +
                                       static_cast<std::ptrdiff_t>(i));
        simpler.steps.insert(simpler.steps.begin() + static_cast<std::ptrdiff_t>(at + 1),
                             moved.step);
        any = take(std::move(simpler)) || any;
        if (i >= best_.steps[at].during.size()) break;
      }
    }
    return any;
  }

  bool simplifySetting() {
    bool any = false;
    auto attempt = [&](auto change) {
      History simpler = best_;
      change(simpler.setting);
      if (toText(simpler) != toText(best_) && take(std::move(simpler))) any = true;
    };
    attempt([](Setting& setting) { setting.devices = 2; });
    attempt([](Setting& setting) { setting.cloud = Setting::Cloud::directory; });
    attempt([](Setting& setting) { setting.onDemand = 0; });
    attempt([](Setting& setting) { setting.leases = true; });
    attempt([](Setting& setting) { setting.exchange = true; });
    attempt([](Setting& setting) { setting.newState = false; });
    attempt([](Setting& setting) { setting.seed = 1; });
    return any;
  }

  History best_;
  const std::string_view emptyState_;
  int left_;
  std::string promise_;
};

}  // namespace

Outcome play(const History& history, std::string_view emptyState, std::ostream* trace) {
  Outcome outcome;
  try {
    World world(history.setting, emptyState);
    if (trace != nullptr) world.traceTo(*trace);
    for (const Step& step : history.steps) world.play(step);
    world.comeToRest();
    outcome = {world.violation(), world.calls(), world.runs()};
  } catch (const std::exception& bug) {
    outcome.violation = std::string("P0: an exception escaped: ") + bug.what();
  }
  return outcome;
}

History shrink(History history, std::string_view emptyState, int tries) {
  return Shrinker(std::move(history), emptyState, tries).run();
}

}  // namespace cloudsync::sim
