#include "service/continuous.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "events/mailbox.h"
#include "sim_world.h"

// A device that keeps itself in sync, in virtual time. What its watcher says is up to the test: it
// may be late, twice, out of order or too much.

namespace cloudsync {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

class Watched {
 public:
  explicit Watched(std::uint64_t seed) : world(seed) {}

  void begin() {
    Device& device = world.device("a");
    mailbox_ = std::make_shared<Mailbox>([] {});
    device.hub().attach(mailbox_);
    WatchConfig config;
    config.enabled = true;
    auto watch = [this](const SpaceConfig&, HintSink& sink) {
      sink_ = &sink;
      sink.hint("");
      return Result<std::unique_ptr<Watcher>>(std::make_unique<Silent>());
    };
    Device::keepInSync(*device.space("drive"), config, watch, obstacle);
    pass(2s);
  }
  // Again: as the conditions are now.
  void setObstacle(std::optional<Error> now) {
    obstacle = std::move(now);
    Device::keepInSync(*world.device("a").space("drive"), {}, nullptr, obstacle);
  }
  std::optional<Error> obstacle;

  // Lets that much time pass, and everything happen that happens in it.
  void pass(Duration time) {
    Scheduler& scheduler = world.scheduler();
    world.wait(sleep(scheduler, time));
  }
  // A file time of its own, and none in whole seconds: those could be a coarse file system's.
  void tick() { world.scheduler().simClock().advance(std::chrono::nanoseconds(1'000'037)); }
  void hint(std::string_view key) { sink_->hint(key); }

  void write(const std::string& path, std::string_view bytes) {
    tick();
    world.files().write("/a/" + path, bytes);
    hint(path);
  }
  void remove(const std::string& path) {
    world.files().remove("/a/" + path);
    hint(path);
  }

  // The final states told since the last call.
  std::vector<SyncState> finals() {
    std::vector<SyncState> states;
    for (const Event& event : mailbox_->drain()) {
      const auto* sync = std::get_if<SyncEvent>(&event);
      if (sync && sync->final) states.push_back(sync->state);
    }
    return states;
  }
  // What a look at everything would do: "upload a".
  Names operationsLeft() {
    Result<PlanInfo> plan = world.wait(world.device("a").space("drive")->plan());
    if (!plan.ok()) return {plan.error().message};
    Names left;
    for (const PlannedOp& op : plan->ops) left.push_back(op.kind + " " + op.path);
    return left;
  }

  SimWorld world;

 private:
  class Silent final : public Watcher {
   public:
    void refresh() override {}
    void close() override {}
  };

  static Task<bool> sleep(Scheduler& scheduler, Duration time) {
    co_return co_await scheduler.sleep(time, CancelToken());
  }

  HintSink* sink_ = nullptr;
  std::shared_ptr<Mailbox> mailbox_;
};

using States = std::vector<SyncState>;
constexpr auto kDone = SyncState::completed;

TEST(Continuous, BeginsWithEverythingAndGoesOnWithWhatIsHintedAt) {
  Watched a(1);
  a.world.write("a", "before", "1");
  a.begin();
  EXPECT_EQ(a.world.list("cloud"), Names{"before"});
  EXPECT_EQ(a.finals(), States{kDone});

  a.world.write("a", "unheard", "1");
  a.write("d/heard", "1");
  a.hint("d/");
  a.pass(5s);
  EXPECT_EQ(a.world.list("cloud"), (Names{"before", "d/", "d/heard"}));
  EXPECT_EQ(a.finals(), States{kDone});
  a.pass(10min);  // the next look at everything
  EXPECT_EQ(a.world.list("cloud"), (Names{"before", "d/", "d/heard", "unheard"}));
}

TEST(Continuous, ANewFileGoesUpWithItsNewDirectoriesThoughNobodySpokeOfThem) {
  Watched a(2);
  a.begin();
  a.write("d/e/f/file", "1");
  a.pass(5s);
  EXPECT_EQ(a.world.list("cloud"), (Names{"d/", "d/e/", "d/e/f/", "d/e/f/file"}));
  EXPECT_EQ(a.operationsLeft(), Names{});
}

TEST(Continuous, OurOwnWritesAreKnown) {
  Watched a(3);
  a.world.write("b", "d/theirs", "from b");
  a.world.sync("b");
  a.begin();
  EXPECT_EQ(a.world.read("a", "d/theirs"), "from b");
  a.finals();
  for (const char* key : {"d/theirs", "d/", "d/never", ""}) a.hint(key);
  a.pass(1min);
  EXPECT_EQ(a.finals(), States{});
}

TEST(Continuous, WhatIsStillWrittenIsWaitedForAndKeepsNobodyElse) {
  Watched a(4);
  a.begin();
  for (int second = 0; second < 8; ++second) {
    a.write("log", std::string(1000, static_cast<char>('a' + second)));
    if (second == 0) a.write("note", "1");
    for (int part = 0; part < 3; ++part) {
      a.pass(300ms);
      a.hint("log");
    }
  }
  EXPECT_EQ(a.world.list("cloud"), Names{"note"});
  a.pass(2s);
  EXPECT_EQ(a.world.read("cloud", "log"), std::string(1000, 'h'));
}

TEST(Continuous, WhatTheCloudLostGoesHereWithALookAtEverythingOnly) {
  Watched a(5);
  a.world.write("a", "d/old", "1");
  a.begin();
  a.world.remove("cloud", "d/old");
  KeySet part;
  part.addSubtree("d/");
  EXPECT_EQ(a.world.wait(a.world.device("a").space("drive")->follow(part)).state, kDone);
  EXPECT_EQ(a.world.read("a", "d/old"), "1");
  a.pass(10min);
  EXPECT_EQ(a.world.read("a", "d/old"), std::nullopt);
}

TEST(Continuous, WhoDeletesFileByFileMeetsTheLimitToo) {
  Watched a(6);
  for (int i = 0; i < 100; ++i) a.world.write("a", "f" + std::to_string(i), "1");
  a.begin();
  a.finals();
  for (int i = 0; i < 60; i += 3) {
    for (int j = 0; j < 3; ++j) a.remove("f" + std::to_string(i + j));
    a.pass(2s);
  }
  EXPECT_EQ(a.world.list("cloud").size(), 76u);  // 24 of 25: the next three would be too many
  EXPECT_EQ(a.finals().back(), SyncState::uploadFailed);
  a.pass(30min);  // nor do looks at everything carry them out
  EXPECT_EQ(a.world.list("cloud").size(), 76u);
  // Everything else goes on.
  a.write("new", "1");
  a.pass(2s);
  EXPECT_EQ(a.world.read("cloud", "new"), "1");
}

TEST(Continuous, AFewDeletionsADayAreNoAlarm) {
  Watched a(7);
  for (int i = 0; i < 100; ++i) a.world.write("a", "f" + std::to_string(i), "1");
  a.begin();
  for (int i = 0; i < 60; i += 20) {
    for (int j = 0; j < 20; ++j) a.remove("f" + std::to_string(i + j));
    a.pass(2h);
  }
  EXPECT_EQ(a.world.list("cloud").size(), 40u);
}

TEST(Continuous, WhatAPersonStoppedDoesNotBeginAgainByItself) {
  Watched a(8);
  a.begin();
  Space& space = *a.world.device("a").space("drive");
  EXPECT_TRUE(a.world.wait(space.stopSync()).ok());
  a.write("later", "1");
  a.pass(1h);
  EXPECT_EQ(a.world.list("cloud"), Names{});
  EXPECT_TRUE(a.world.wait(space.startSync()).ok());
  a.pass(5s);
  EXPECT_EQ(a.world.list("cloud"), Names{"later"});
  a.write("after", "1");
  a.pass(5s);
  EXPECT_EQ(a.world.list("cloud"), (Names{"after", "later"}));
}

TEST(Continuous, WaitsForTheBattery) {
  Watched a(12);
  a.obstacle = Error{ErrorKind::lowBattery, "the battery is low", "", 0};
  a.world.write("a", "before", "1");
  a.begin();
  a.write("file", "1");
  a.pass(1h);
  EXPECT_EQ(a.world.list("cloud"), Names{});
  a.setObstacle(std::nullopt);
  a.pass(5s);
  EXPECT_EQ(a.world.list("cloud"), (Names{"before", "file"}));
}

TEST(Continuous, WhatFailedIsTriedAgain) {
  Watched a(9);
  a.begin();
  a.world.files().move("/cloud", "/away");
  a.finals();
  a.write("file", "1");
  a.pass(1min);
  States away = a.finals();
  EXPECT_GE(away.size(), 2u);
  EXPECT_LE(away.size(), 6u);  // later each time
  for (SyncState state : away) EXPECT_NE(state, kDone);
  a.world.files().move("/away", "/cloud");
  a.pass(5min);
  EXPECT_EQ(a.world.read("cloud", "file"), "1");
}

TEST(Continuous, ARootThatIsGoneIsNoDeletion) {
  Watched a(10);
  a.world.write("a", "d/file", "1");
  a.begin();
  a.world.files().move("/a", "/elsewhere");
  a.world.files().makeFolders("/a");
  a.finals();
  for (const char* key : {"", "d/", "d/file"}) a.hint(key);
  a.pass(30min);
  EXPECT_EQ(a.world.list("cloud"), (Names{"d/", "d/file"}));
  for (SyncState state : a.finals()) EXPECT_NE(state, kDone);
}

TEST(Continuous, APartThatIsInSyncDoesNotHideThatTheWholeIsNot) {
  Watched a(11);
  for (int i = 0; i < 60; ++i) a.world.write("a", "f" + std::to_string(i), "1");
  a.begin();
  for (int i = 0; i < 50; ++i) a.world.remove("a", "f" + std::to_string(i));
  a.finals();
  a.pass(10min);
  EXPECT_EQ(a.finals(), States{SyncState::uploadFailed});
  a.write("new", "1");
  a.pass(3s);
  EXPECT_EQ(a.world.read("cloud", "new"), "1");
  EXPECT_EQ(a.finals(), States{SyncState::uploadFailed});
}

// S086: hints come twice, late, out of order, for what is gone again, and of a rename one half; or
// they were lost, and that is all that is said. Then everything is as a full run would have made
// it.
class AnyHints : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  AnyHints() : random_(GetParam()), a_(GetParam()) {}

  std::string name() {
    static constexpr const char* kNames[] = {"a", "b", "c", "d/a", "d/b", "d/e/a", "f/a", "f/g/h"};
    return kNames[random_.next() % std::size(kNames)];
  }
  void say(std::string key) {
    for (std::uint64_t times = 1 + random_.next() % 2; times > 0; --times) {
      if (random_.next() % 3 == 0) {
        late_.push_back(key);
      } else {
        a_.hint(key);
      }
    }
  }
  bool isFile(const std::string& path) {
    auto stat = a_.world.files().stat("/a/" + path);
    return stat && stat->type == FileType::file;
  }
  bool isFree(const std::string& path) { return !a_.world.files().stat("/a/" + path); }
  // A file or a directory, never one below another.
  bool canWrite(const std::string& path) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      if (isFile(path.substr(0, slash))) return false;
    }
    return isFree(path) || isFile(path);
  }
  // Each of them is an event of its own.
  void makeFoldersOf(const std::string& path) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      std::string folder = path.substr(0, slash);
      if (!isFree(folder)) continue;
      a_.world.files().makeFolders("/a/" + folder);
      say(folder + "/");
    }
  }
  void act() {
    std::string path = name();
    a_.tick();
    switch (random_.next() % 5) {
      case 0:
      case 1:
        if (!canWrite(path)) return;
        makeFoldersOf(path);
        a_.world.files().write("/a/" + path, "bytes " + std::to_string(random_.next() % 1000));
        say(path);
        return;
      case 2:
        if (isFree(path)) return;
        a_.world.files().remove("/a/" + path);
        say(path);
        return;
      case 3: {
        std::string to = name();
        if (!isFile(path) || !isFree(to) || !canWrite(to)) return;
        makeFoldersOf(to);
        a_.world.files().move("/a/" + path, "/a/" + to);
        say(to);
        say(path);
        return;
      }
      case 4: {
        std::string folder = random_.next() % 2 == 0 ? "d" : "f";
        if (isFree(folder)) return;
        if (random_.next() % 2 == 0) {
          a_.world.files().remove("/a/" + folder);
        } else {
          std::string to = "x" + std::to_string(random_.next() % 3);
          if (!isFree(to)) return;
          a_.world.files().move("/a/" + folder, "/a/" + to);
          say(to + "/");
        }
        say(folder + "/");
        return;
      }
    }
  }

  SeededRandom random_;
  Watched a_;
  Names late_;
};

TEST_P(AnyHints, LeadWhereAFullRunLeads) {
  for (int i = 0; i < 6; ++i) {
    std::string path = name();
    a_.tick();
    if (canWrite(path)) a_.world.files().write("/a/" + path, "first");
  }
  a_.pass(1s);  // what is hashed right after it was written is hashed once more by the next look
  a_.begin();
  for (int step = 0; step < 30; ++step) {
    act();
    if (random_.next() % 2 == 0) a_.pass(std::chrono::milliseconds(random_.next() % 1500));
    if (random_.next() % 10 == 0) a_.hint("spurious/" + std::to_string(random_.next() % 5));
  }
  std::reverse(late_.begin(), late_.end());
  const bool lost = random_.next() % 4 == 0;
  if (lost) a_.hint("");
  if (!lost) {
    for (const std::string& key : late_) a_.hint(key);
  }
  a_.pass(90s);
  for (const std::string& path : a_.world.list("a")) {
    EXPECT_EQ(a_.world.read("cloud", path), a_.world.read("a", path)) << path;
  }
  EXPECT_EQ(a_.world.list("cloud"), a_.world.list("a"));
  EXPECT_EQ(a_.operationsLeft(), Names{});
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyHints, ::testing::Range<std::uint64_t>(1, 301));

}  // namespace
}  // namespace cloudsync
