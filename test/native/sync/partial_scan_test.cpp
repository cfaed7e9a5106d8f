#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/sim_scheduler.h"
#include "base/spawn.h"
#include "fs/sim_file_system.h"
#include "remote/directory/directory_remote.h"
#include "scan/base_scan.h"
#include "scan/local_scan.h"
#include "scan/remote_scan.h"
#include "sync/merge_side.h"

// Whatever a chosen holds, its streams say of each of its keys what the streams of everything say.

namespace cloudsync {
namespace {

constexpr std::uint64_t kTrees = 400;

// One side of a merge as far as `keys` go: what it says of each.
template <class Facts>
Task<Status> lookUp(std::unique_ptr<EntryStream<Facts>> stream, const std::set<std::string>& keys,
                    std::map<std::string, Presence>& seen) {
  MergeSide<Facts> side(std::move(stream));
  std::set<std::string> all = keys;  // and those that only the stream knows
  for (auto key = all.begin();;) {
    if (side.needsBatch()) {
      Status filled = co_await side.fill(CancelToken());
      if (!filled.ok()) co_return filled;
      continue;
    }
    const Entry<Facts>* entry = side.current();
    if (key == all.end() && !entry) co_return Status();
    bool streamFirst = entry && (key == all.end() || entry->key <= *key);
    std::string at(streamFirst ? std::string(entry->key) : *key);
    if (key != all.end() && at == *key) ++key;
    const Facts* facts = nullptr;
    Presence presence = side.take(at, facts);
    seen[at] = std::max(seen[at], presence);  // an entry and a hole may share a key
  }
}

class PartialScan : public ::testing::Test {
 protected:
  void grow(std::uint64_t seed) {
    random_ = std::make_unique<SeededRandom>(seed);
    scheduler_ = std::make_unique<SimScheduler>(seed);
    files_ = std::make_unique<SimFileSystem>(scheduler_->simClock());
    files_->makeFolders("/root");
    keys_.clear();
    plant("", 0);
  }

  // Files, directories, now and then a symlink or a FIFO.
  void plant(const std::string& above, int depth) {
    for (const char* name : {"a", "a!", "a.b", "b", "c"}) {
      std::string path = above + name;
      keys_.insert(path);
      keys_.insert(path + "/");
      std::uint64_t pick = random_->next() % 10;
      if (pick < 4) files_->write("/root/" + path, path);
      if (pick == 4 && oddities_) files_->makeLink("/root/" + path, "b");
      if (pick == 5 && oddities_) files_->makeFifo("/root/" + path);
      if (pick > 6) files_->makeFolders("/root/" + path);
      // Below what is no directory there is nothing, which must be said of these, too.
      if (depth < 2 && (pick > 6 || random_->next() % 4 == 0)) {
        pick > 6 ? plant(path + "/", depth + 1) : askBelow(path + "/");
      }
    }
  }
  void askBelow(const std::string& above) {
    for (const char* name : {"a", "b"}) keys_.insert(above + name);
  }

  KeySet choose() {
    KeySet chosen;
    for (const std::string& key : keys_) {
      std::uint64_t pick = random_->next() % 12;
      if (pick == 0) chosen.addEntry(key);
      if (pick == 1 && key.ends_with('/')) chosen.addSubtree(key);
    }
    return chosen;
  }

  template <class Facts>
  std::map<std::string, Presence> look(std::unique_ptr<EntryStream<Facts>> stream) {
    std::map<std::string, Presence> seen;
    std::optional<Status> status;
    spawn(*scheduler_, Lane::background,
          detail::storeInto(lookUp<Facts>(std::move(stream), keys_, seen), status),
          [](std::exception_ptr) {});
    scheduler_->run();
    EXPECT_TRUE(status && status->ok());
    return seen;
  }

  static void expectAlike(const KeySet& chosen, const std::map<std::string, Presence>& whole,
                          const std::map<std::string, Presence>& scoped) {
    for (const auto& [key, presence] : whole) {
      if (!chosen.holds(key)) continue;
      auto found = scoped.find(key);
      ASSERT_NE(found, scoped.end()) << key;
      EXPECT_EQ(static_cast<int>(found->second), static_cast<int>(presence)) << key;
    }
    for (const auto& [key, presence] : scoped) {
      const bool isOutside = !chosen.holds(key) && presence == Presence::present;
      EXPECT_FALSE(isOutside) << key;
    }
  }

  bool oddities_ = true;
  std::unique_ptr<SeededRandom> random_;
  std::unique_ptr<SimScheduler> scheduler_;
  std::unique_ptr<SimFileSystem> files_;
  std::set<std::string> keys_;
};

TEST_F(PartialScan, OfTheDiskSaysWhatTheWalkSays) {
  for (std::uint64_t seed = 1; seed <= kTrees; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    grow(seed);
    std::unique_ptr<Folder> root = std::move(files_->openRoot("/root")).value();
    KeySet chosen = choose();
    auto whole = look(scanLocal(*scheduler_, *root, KeySet::everything()));
    expectAlike(chosen, whole, look(scanLocal(*scheduler_, *root, chosen)));
    if (HasFailure()) return;
  }
}

TEST_F(PartialScan, OfTheRemoteSaysWhatTheListSays) {
  oddities_ =
      false;  // of what lies below a link in the cloud, a question is told that it is absent
  for (std::uint64_t seed = 1; seed <= kTrees; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    grow(seed);
    std::unique_ptr<Remote> remote =
        makeDirectoryRemote(*files_, *scheduler_, scheduler_->clock(), *random_, "/root");
    KeySet chosen = choose();
    auto whole = look(scanRemote(*scheduler_, *remote, KeySet::everything()));
    expectAlike(chosen, whole, look(scanRemote(*scheduler_, *remote, chosen)));
    if (HasFailure()) return;
  }
}

TEST_F(PartialScan, OfTheRowsSaysWhatAllRowsSay) {
  for (std::uint64_t seed = 1; seed <= kTrees; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    grow(seed);
    std::unique_ptr<StateStore> store = std::move(StateStore::openInMemory()).value();
    SpaceId space = store->openSpace("drive")->id;
    std::vector<BaseChange> rows;
    for (const std::string& key : keys_) {
      if (random_->next() % 2 == 0) rows.push_back({BaseChange::Kind::put, BaseRow{key, "v", {}}});
    }
    ASSERT_TRUE(store->commit(space, rows).ok());
    KeySet chosen = choose();
    auto reader = [&] { return std::move(store->openReader()).value(); };
    auto whole = look(scanBase(reader(), space, KeySet::everything()));
    expectAlike(chosen, whole, look(scanBase(reader(), space, chosen)));
    if (HasFailure()) return;
  }
}

// What takes the place of a directory above hides what was below it: nothing of that is absent.
TEST_F(PartialScan, NothingBelowALinkIsAbsent) {
  grow(1);
  files_->makeFolders("/root/elsewhere");
  files_->makeLink("/root/link", "elsewhere");
  std::unique_ptr<Folder> root = std::move(files_->openRoot("/root")).value();
  keys_ = {"link/file", "link/sub/", "link/sub/file", "gone/file"};
  KeySet chosen;
  for (const std::string& key : keys_) chosen.addEntry(key);
  auto seen = look(scanLocal(*scheduler_, *root, chosen));
  EXPECT_EQ(seen["link/file"], Presence::unknown);
  EXPECT_EQ(seen["link/sub/"], Presence::unknown);
  EXPECT_EQ(seen["link/sub/file"], Presence::unknown);
  EXPECT_EQ(seen["gone/file"], Presence::absent);
}

}  // namespace
}  // namespace cloudsync
