#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "cache/content_store.h"
#include "model_store.h"
#include "step_folder.h"
#include "steps.h"

namespace cloudsync::test {

// A tick of its own for every look at the clock, so that nothing is racy that need not be.
class TickingClock final : public Clock {
 public:
  Nanoseconds wallTime() const override { return SystemClock().wallTime() + ahead; }
  SteadyTime steadyTime() const override { return SystemClock().steadyTime(); }
  Nanoseconds ahead = 0;
};

// A local tree on a real file system, its state store, and a content store over both whose every
// call is a step. One test owns it.
class World {
 public:
  explicit World(Lacks lacks = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Folder& disk() { return *disk_; }  // without steps: the user's own hands
  ContentStore& content() { return *content_; }
  void restart();  // a new process: handles and leases of the old one are gone

  std::string read(const std::string& path);
  void write(const std::string& path, std::string_view text);
  // A synced file, and the row that says so.
  Fingerprint addSynced(const std::string& key, std::string_view text);
  std::string addPart(std::string_view text);
  Staged staged(const std::string& key, std::string_view text, std::optional<Fingerprint> expected);
  Removal removal(const std::string& key);
  std::optional<BaseRow> row(const std::string& key);
  bool exists(const std::string& path);

  std::map<std::string, std::string> visible();  // files a user sees, with their content
  std::vector<std::string> trashed();            // contents
  std::vector<std::string> temporary();          // names in tmp/

  Steps steps;
  ModelStore store{steps};
  TickingClock clock;
  SeededRandom random{7};

 private:
  void collect(const RelPath& folder, std::map<std::string, std::string>& into);

  std::string path_;
  Lacks lacks_;
  std::unique_ptr<Folder> disk_;
  std::unique_ptr<StepFolder> stepped_;
  std::unique_ptr<ContentStore> content_;
};

Sha256 hashOf(std::string_view text);

// Makes a change, again and again until the file's change time tells it from what was before: the
// clock of many file systems ticks every 4 ms only, and what is edited within the tick of its last
// look is the racy rule's business, not these tests'.
void inANewTick(File& file, const std::function<void()>& change);

}  // namespace cloudsync::test
