// Every protocol of the content store, with something going wrong at every single step of it.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <span>
#include <sstream>

#include "sampling.h"
#include "user.h"
#include "world.h"

namespace cloudsync::test {
namespace {

const std::string kKey = "a/f.txt";
const std::string kOld(64, 'O');
const std::string kNew(80, 'N');

const std::string kNewName = "b/c/f.txt";

enum class Protocol { replace, publish, discard, free, moveAside, relocate };
constexpr Protocol kProtocols[] = {Protocol::replace, Protocol::publish,   Protocol::discard,
                                   Protocol::free,    Protocol::moveAside, Protocol::relocate};
constexpr Lacks kFileSystems[] = {{false, false}, {false, true}, {true, false}, {true, true}};
// The longest of these tests plays on the two ends only.
bool isExtreme(Lacks lacks) { return lacks.exchange == lacks.leases; }

// What happens at step `at`.
enum class Trouble { none, failure, deadDisk, crash };

struct Case {
  Protocol protocol;
  Lacks lacks;
  Act act = Act::nothing;
  int actAt = 0;
  Trouble trouble = Trouble::none;
  int at = 0;
  int crashInRecovery = 0;
  std::size_t lostCommits = 0;

  std::string name() const {
    std::ostringstream text;
    text << "protocol " << static_cast<int>(protocol) << ", no exchange " << lacks.exchange
         << ", no leases " << lacks.leases << ", act " << static_cast<int>(act) << " at " << actAt
         << ", trouble " << static_cast<int>(trouble) << " at " << at << ", crash in recovery at "
         << crashInRecovery << ", lost commits " << lostCommits;
    return text.str();
  }
};

class Play {
 public:
  explicit Play(const Case& given)
      : case_(given), world_(given.lacks), user_(world_, kKey, given.act) {
    if (case_.protocol != Protocol::publish) expected_ = world_.addSynced(kKey, kOld);
    if (case_.protocol == Protocol::replace || case_.protocol == Protocol::publish) {
      staged_ = world_.staged(kKey, kNew, expected_);
    }
    if (case_.protocol == Protocol::discard || case_.protocol == Protocol::free) {
      removal_ = world_.removal(kKey);
    }
  }

  // Returns the steps that the protocol took (and the recovery, when asked for its crash).
  int run() {
    SCOPED_TRACE(case_.name());
    world_.steps = Steps();
    world_.steps.beforeEach = [this] {
      if (world_.steps.taken >= case_.actAt && case_.actAt != 0) user_.tryToAct();
    };
    if (case_.trouble == Trouble::crash) world_.steps.crashAt = case_.at;
    if (case_.trouble == Trouble::failure || case_.trouble == Trouble::deadDisk) {
      world_.steps.failAt = case_.at;
      world_.steps.failOn = case_.trouble == Trouble::deadDisk;
    }
    bool crashed = false;
    try {
      act();
    } catch (const Crash&) {
      crashed = true;
    }
    int taken = world_.steps.taken;
    world_.steps = Steps();
    if (crashed) world_.restart();
    user_.finish();
    if (!crashed) checkNothingLost("after the protocol");
    if (case_.trouble != Trouble::none) recover(crashed, taken);
    checkSettled(crashed);
    return taken;
  }

 private:
  void act() {
    switch (case_.protocol) {
      case Protocol::replace:
      case Protocol::publish: {
        auto done = world_.content().publish(std::span(&*staged_, 1));
        if (done) placement_ = done->front();
        return;
      }
      case Protocol::discard: {
        auto done = world_.content().discard(std::span(&*removal_, 1));
        if (done) placement_ = done->front();
        return;
      }
      case Protocol::free: {
        auto done = world_.content().free(std::span(&*removal_, 1));
        if (done) placement_ = done->front();
        return;
      }
      case Protocol::moveAside:
        (void)world_.content().moveAside(kKey, *expected_, hashOf(kOld));
        return;
      case Protocol::relocate: {
        Relocation relocation{kKey, kNewName, *expected_, "v2", 7};
        auto done = world_.content().relocate(std::span(&relocation, 1));
        if (done) placement_ = done->front();
        return;
      }
    }
  }

  void recover(bool crashed, int& taken) {
    if (crashed) world_.store.losePower(case_.lostCommits);
    world_.restart();
    if (case_.crashInRecovery != 0) {
      world_.steps.crashAt = case_.crashInRecovery;
      try {
        (void)world_.content().recover();
      } catch (const Crash&) {
      }
      taken = world_.steps.taken;
      world_.steps = Steps();
      world_.restart();
    }
    auto recovered = world_.content().recover();
    ASSERT_TRUE(recovered) << recovered.error().message << " " << recovered.error().subject;
    EXPECT_TRUE(world_.store.facts.licences.empty());
    EXPECT_TRUE(world_.temporary().empty()) << "strays";
    checkNothingLost("after recovery");
  }

  // P1 and P2: what the user wrote is somewhere he finds it, and what he sees was somebody's.
  void checkNothingLost(const std::string& when) {
    SCOPED_TRACE(when);
    std::map<std::string, std::string> visible = world_.visible();
    std::vector<std::string> trashed = world_.trashed();
    auto reachable = [&](const std::string& text) {
      auto same = [&text](const auto& file) { return file.second == text; };
      return std::any_of(visible.begin(), visible.end(), same) ||
             std::find(trashed.begin(), trashed.end(), text) != trashed.end();
    };
    bool stuck = !world_.store.facts.licences.empty();  // recover() will see to it
    std::optional<std::string> written = user_.written();
    EXPECT_TRUE(!written || stuck || reachable(*written)) << "lost: " << written.value_or("");
    for (const auto& [path, text] : visible) {
      EXPECT_TRUE(text == kOld || text == kNew || (written && text == *written))
          << path << " holds a mixture: " << text;
    }
    bool cloudOnly = world_.row(kKey) && !world_.row(kKey)->facts.local;
    if (case_.act == Act::nothing && case_.protocol != Protocol::publish && !stuck) {
      EXPECT_TRUE(reachable(kOld) || (case_.protocol == Protocol::free && cloudOnly));
    }
    checkRow(kKey, visible, stuck);
    checkRow(kNewName, visible, stuck);
  }

  void checkRow(const std::string& key, const std::map<std::string, std::string>& visible,
                bool stuck) {
    std::optional<BaseRow> row = world_.row(key);
    if (!row || !row->facts.local) return;
    auto file = visible.find(key);
    // Before its row says so, a relocated file has the name that the cloud has: that is no
    // deletion.
    bool renamed = case_.protocol == Protocol::relocate && visible.contains(kNewName);
    bool ours = (case_.act == Act::nothing || !user_.acted()) && !renamed;
    if (file == visible.end()) {
      EXPECT_FALSE(ours && !stuck) << "our own act reads as the user's deletion";
      return;
    }
    FileStat now = *world_.disk().stat(RelPath::trusted(key));
    if (Fingerprint::of(now) == row->facts.fingerprint) {
      EXPECT_EQ(hashOf(file->second), *row->facts.sha256) << "the row takes an edit for synced";
    }
  }

  void checkSettled(bool crashed) {
    bool deferred = case_.protocol == Protocol::free && case_.lacks.leases;
    if (case_.trouble == Trouble::none && deferred) {
      EXPECT_TRUE(world_.content().recover());
      checkNothingLost("after the deferred look");
    }
    if (case_.trouble == Trouble::none) {
      EXPECT_TRUE(world_.store.facts.licences.empty());
    }
    bool undisturbed = case_.act == Act::nothing && case_.trouble == Trouble::none && !crashed;
    EXPECT_TRUE(!undisturbed || !placement_ || placement_->kind == Placement::Kind::done);
  }

  Case case_;
  World world_;
  User user_;
  std::optional<Fingerprint> expected_;
  std::optional<Staged> staged_;
  std::optional<Removal> removal_;
  std::optional<Placement> placement_;
};

// Calls `each` for every protocol on every kind of file system.
void forEachProtocol(const std::function<void(Case)>& each) {
  for (Protocol protocol : kProtocols) {
    for (Lacks lacks : kFileSystems) {
      each(Case{protocol, lacks});
      if (::testing::Test::HasFailure()) return;
    }
  }
}

int stepsOf(Case undisturbed) {
  undisturbed.trouble = Trouble::none;
  return Play(undisturbed).run();
}

// A prime: no protocol, act or step is left out for being a multiple of it.
constexpr std::uint64_t kStride = 13;

TEST(EveryStep, MayFailOnceOrForEver) {
  int cases = 0;
  Sample sample(kStride);
  forEachProtocol([&](Case base) {
    int steps = stepsOf(base);
    for (Trouble trouble : {Trouble::failure, Trouble::deadDisk}) {
      for (int at = 1; at <= steps && !HasFailure(); ++at) {
        if (!sample.takes()) continue;
        ++cases;
        Case one = base;
        one.trouble = trouble;
        one.at = at;
        Play(one).run();
      }
    }
  });
  std::printf("%d cases\n", cases);
}

TEST(EveryStep, MayBeTheLastOfTheProcessAndOfItsRecovery) {
  int cases = 0;
  Sample sample(kStride);
  forEachProtocol([&](Case base) {
    int steps = stepsOf(base);
    for (int at = 1; at <= steps + 1 && !HasFailure(); ++at) {
      for (std::size_t lost = 0; lost <= 2 && !HasFailure(); ++lost) {
        Case one = base;
        one.trouble = Trouble::crash;
        one.at = at;
        one.lostCommits = lost;
        one.crashInRecovery = 1'000'000;  // never reached: counts the steps
        int inRecovery = Play(one).run();
        for (int inside = 1; inside <= inRecovery && !HasFailure(); ++inside) {
          if (!sample.takes()) continue;
          ++cases;
          one.crashInRecovery = inside;
          Play(one).run();
        }
      }
    }
  });
  std::printf("%d cases\n", cases);
}

TEST(EveryStep, MaySeeTheUserAct) {
  int cases = 0;
  Sample sample(kStride);
  forEachProtocol([&](Case base) {
    int steps = stepsOf(base);
    for (Act act : kActs) {
      for (int at = 1; at <= steps && !HasFailure(); ++at) {
        if (!sample.takes()) continue;
        ++cases;
        Case one = base;
        one.act = act;
        one.actAt = at;
        Play(one).run();
      }
    }
  });
  std::printf("%d cases\n", cases);
}

TEST(EveryStep, MaySeeTheUserActAndTheProcessDieLater) {
  int cases = 0;
  Sample sample(kStride);
  forEachProtocol([&](Case base) {
    if (!isExtreme(base.lacks)) return;
    int steps = stepsOf(base);
    for (Act act : kActs) {
      if (act == Act::nothing) continue;
      for (int actAt = 1; actAt <= steps; ++actAt) {
        for (int at = actAt; at <= steps + 1 && !HasFailure(); ++at) {
          if (!sample.takes()) continue;
          ++cases;
          Case one = base;
          one.act = act;
          one.actAt = actAt;
          one.trouble = Trouble::crash;
          one.at = at;
          Play(one).run();
        }
      }
    }
  });
  std::printf("%d cases\n", cases);
}

}  // namespace
}  // namespace cloudsync::test
