#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/spawn.h"
#include "cloud.h"
#include "ledger.h"
#include "machine.h"
#include "schedule.h"
#include "step.h"

namespace cloudsync::sim {

// What the engine may never do, and did: the promise, by its number, and the story.
using Violation = std::string;

// The devices of a history, their users, their cloud, and somebody who looks at everything all the
// time. One thread; steps come from outside.
class World {
 public:
  World(const Setting& setting, std::string_view emptyState);
  ~World();

  // Plays one step, to the end of what it starts. Impossible ones (a user removes what is not
  // there) do nothing.
  void play(const Step& step);
  // Nobody writes any more and everything works again: after two rounds all sides agree, and a
  // further one changes nothing.
  void comeToRest();
  // The first thing that was wrong; nothing is played after it.
  const std::optional<Violation>& violation() const { return violation_; }

  // Every step and every call from here on, a line each.
  void traceTo(std::ostream& out) { trace_ = &out; }
  std::uint64_t calls() const { return allCalls_; }
  std::uint64_t runs() const { return runs_; }

 private:
  // A tree, as a path -> bytes map; directories with a slash behind.
  using Tree = std::map<std::string, std::string>;

  // The story (world_steps.cpp).
  void playAsUser(const Step& step);
  void changeFiles(const Step& step, SimFileSystem& disk, const std::string& root);
  void playOnMachine(const Step& step, Machine& machine);
  void playOnCloud(const Step& step);
  void sync(const Step& step);
  void fetch(const Step& step, Machine& machine);
  void free(const Step& step, Machine& machine);
  void closeDevice(Machine& machine);
  void backUp(Machine& machine);
  void restore(Machine& machine);
  void cutPower(const Step& step, unsigned disks);

  // What runs (world.cpp).
  std::optional<Error> onCall(int machine, const Call& call);
  void interrupt();
  bool begin(Machine& machine);
  Task<void> startSync(int machine, Space& space);
  // Nothing when the process died before there was an answer.
  template <class T>
  std::optional<T> wait(Machine& machine, Task<T> task) {
    std::optional<T> answer;
    spawn(machine.scheduler(), Lane::awaited, detail::storeInto(std::move(task), answer),
          [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
          });
    runAll();
    return answer;
  }
  void runAll();
  void buryTheDead();
  void rest(Duration time) { schedule_.clock().advance(time); }

  // Who looks (world_oracle.cpp).
  void look();
  void checkContents(const Ledger::Terms& terms);
  void checkAfterStep();
  void checkStates(Machine& machine);
  void checkOutside();
  void checkAgreement();
  void checkQuiet(Machine& machine);
  Tree treeOf(int where) const;
  bool serverHoldsBoth() const;
  bool isBehindLink(Machine& machine, const std::string& path) const;
  void compareTrees(Machine& machine, const Tree& cloud);
  void checkTidy(Machine& machine);
  void complain(Violation violation);
  void afterPowerCut(unsigned disks, const std::map<int, std::set<std::uint64_t>>& dirty);

  const Setting setting_;
  Schedule schedule_;
  Cloud cloud_;
  std::vector<std::unique_ptr<Machine>> machines_;
  Ledger ledger_;
  std::optional<Violation> violation_;

  // Of the step that is being played.
  std::vector<Step::Interruption> pending_;  // the next one last
  std::uint64_t callsInStep_ = 0;
  bool inHook_ = false;
  bool lookDue_ = false;  // the last call may have changed what a user sees
  bool playing_ = false;  // runs go on: what is swapped out may be on its way back

  std::map<int, std::set<std::uint64_t>> dirty_;  // inodes that users wrote, not on the platter yet
  std::set<int> unsettled_;  // devices that died and have not had a complete run since
  std::set<int> everSynced_;
  std::map<int, std::set<std::string>> freed_;
  std::map<int, std::map<std::string, std::string>> backups_;  // of state directories
  std::vector<std::string> changes_;  // by the calls of a run that must change nothing
  bool recording_ = false;
  std::map<int, std::string> refusals_;  // why the last run of a device did not start
  std::ostream* trace_ = nullptr;
  std::uint64_t allCalls_ = 0;
  std::uint64_t runs_ = 0;
};

}  // namespace cloudsync::sim
