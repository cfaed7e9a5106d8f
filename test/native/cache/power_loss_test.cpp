// The power goes at every call of every protocol; the disk keeps of the rest what it likes.

#include <gtest/gtest.h>

#include <span>
#include <sstream>
#include <vector>

#include "base/sim_scheduler.h"
#include "cache/content_store.h"
#include "cache/root_marker.h"
#include "fs/sim_file_system.h"
#include "model_store.h"
#include "world.h"

namespace cloudsync::test {
namespace {

const std::string kRoot = "/home/tree";
const std::string kKey = "a/f.txt";
const std::string kOld(64, 'O');
const std::string kNew(80, 'N');
constexpr std::uint64_t kSeeds = 6;

enum class Protocol { replace, publish, publishMany, discard, free, moveAside };
constexpr Protocol kProtocols[] = {Protocol::replace, Protocol::publish, Protocol::publishMany,
                                   Protocol::discard, Protocol::free,    Protocol::moveAside};
constexpr std::size_t kMany = 5;  // so many are synced together

struct Case {
  Protocol protocol;
  SimOptions options;
  std::uint64_t cutAt = 0;  // before this call of the protocol; 0: after its end
  std::uint64_t seed = 0;
  std::size_t lostCommits = 0;

  std::string name() const {
    std::ostringstream text;
    text << "protocol " << static_cast<int>(protocol) << ", exchange " << options.exchange
         << ", leases " << options.leases << ", cut at " << cutAt << ", seed " << seed
         << ", lost commits " << lostCommits;
    return text.str();
  }
};

// One tree, one protocol, one power cut.
class Outage {
 public:
  explicit Outage(const Case& given)
      : case_(given), fs_(std::make_unique<SimFileSystem>(clock_, given.options)) {}

  // The number of calls that the protocol made.
  std::uint64_t run() {
    SCOPED_TRACE(case_.name());
    prepare();
    std::uint64_t before = fs_->calls();
    fs_->setHook([this, before](const SimCall& call) -> std::optional<Error> {
      clock_.advance(std::chrono::milliseconds(50));
      if (case_.cutAt != 0 && call.index == before + case_.cutAt) {
        fs_->crash();
        steps_.failAt = 1;
        steps_.failOn = true;
      }
      return std::nullopt;
    });
    act();
    std::uint64_t calls = fs_->calls() - before;
    close();
    steps_ = Steps();
    store_.losePower(case_.lostCommits);
    fs_ = fs_->afterPowerLoss(case_.seed);
    open();
    auto recovered = content_->recover();
    EXPECT_TRUE(recovered) << recovered.error().message << " " << recovered.error().subject;
    if (recovered) check();
    close();
    return calls;
  }

 private:
  void open() {
    root_ = fs_->openRoot(kRoot).value();
    content_ = std::make_unique<ContentStore>(
        ContentStore::Needs{*root_, store_, SpaceId{1}, clock_, random_, "laptop"});
  }
  void close() {
    staged_.clear();
    content_.reset();
    root_.reset();
  }

  void prepare() {
    fs_->makeFolders(kRoot);
    open();
    ASSERT_TRUE(content_->prepare());
    ASSERT_TRUE(createRootMarker(*root_, random_));
    if (!isNew()) addSynced();
    fs_->settle();
    if (case_.protocol == Protocol::publishMany) {
      for (std::size_t i = 0; i < kMany; ++i) stage(kKey + std::to_string(i));
    } else if (isNew() || case_.protocol == Protocol::replace) {
      stage(kKey);
    }
    clock_.advance(std::chrono::seconds(10));
  }

  void addSynced() {
    fs_->write(kRoot + "/" + kKey, kOld);
    expected_ = Fingerprint::of(*fs_->stat(kRoot + "/" + kKey));
    BaseRow row;
    row.key = kKey;
    row.remoteVersion = "v1";
    row.facts.local = true;
    row.facts.fingerprint = *expected_;
    row.facts.lookedAt = expected_->changeTime + 5'000'000'000;
    row.facts.size = kOld.size();
    row.facts.sha256 = hashOf(kOld);
    store_.facts.rows[kKey] = row;
  }

  bool isNew() const {
    return case_.protocol == Protocol::publish || case_.protocol == Protocol::publishMany;
  }

  void stage(const std::string& key) {
    auto [name, part] = content_->createPart(kNew.size()).value();
    std::span bytes(reinterpret_cast<const std::uint8_t*>(kNew.data()), kNew.size());
    ASSERT_TRUE(part->writeAt(0, bytes));
    Staged& staged = staged_.emplace_back(Staged{key, name, expected_, {}});
    staged.unsynced = std::move(part);
    staged.claim.remoteVersion = "v2";
    staged.claim.facts.size = kNew.size();
    staged.claim.facts.sha256 = hashOf(kNew);
  }

  void act() {
    switch (case_.protocol) {
      case Protocol::replace:
      case Protocol::publish:
      case Protocol::publishMany:
        (void)content_->publish(staged_);
        return;
      case Protocol::discard:
      case Protocol::free: {
        Removal removal{kKey, *expected_, store_.facts.rows.at(kKey)};
        if (case_.protocol == Protocol::discard) {
          (void)content_->discard(std::span(&removal, 1));
        } else {
          (void)content_->free(std::span(&removal, 1));
        }
        return;
      }
      case Protocol::moveAside:
        (void)content_->moveAside(kKey, *expected_, hashOf(kOld));
        return;
    }
  }

  void check() {
    EXPECT_TRUE(store_.facts.licences.empty());
    EXPECT_TRUE(fs_->list(kRoot + "/.cloudsync/tmp").empty()) << "strays";
    bool oldIsSomewhere = false;
    for (const std::string& path : fs_->list(kRoot)) {
      if (path.ends_with('/')) continue;
      bool ours = path.find(".cloudsync/") != std::string::npos;
      std::string full = path.starts_with(kRoot) ? path : kRoot + "/" + path;
      std::string text = fs_->read(full).value_or("?");
      oldIsSomewhere |= text == kOld;
      EXPECT_TRUE(ours || text == kOld || text == kNew) << path << " holds a mixture: " << text;
    }
    auto row = store_.facts.rows.find(kKey);
    bool local = row != store_.facts.rows.end() && row->second.facts.local;
    bool cloudOnly = row != store_.facts.rows.end() && !local;
    std::optional<std::string> atKey = fs_->read(kRoot + "/" + kKey);
    EXPECT_TRUE(!local || atKey) << "a power cut reads as the user's deletion";
    if (!isNew()) {
      EXPECT_TRUE(oldIsSomewhere || (case_.protocol == Protocol::free && cloudOnly));
    }
    if (local && atKey &&
        Fingerprint::of(*fs_->stat(kRoot + "/" + kKey)) == row->second.facts.fingerprint) {
      EXPECT_EQ(hashOf(*atKey), *row->second.facts.sha256);
    }
    // P5: what is claimed is on the disk.
    for (const auto& [key, claimed] : store_.facts.rows) {
      if (!claimed.facts.local || claimed.remoteVersion != "v2") continue;
      EXPECT_EQ(fs_->read(kRoot + "/" + key), kNew) << key;
    }
  }

  Case case_;
  SimClock clock_;
  SeededRandom random_{11};
  Steps steps_;
  ModelStore store_{steps_};
  std::unique_ptr<SimFileSystem> fs_;
  std::unique_ptr<Folder> root_;
  std::unique_ptr<ContentStore> content_;
  std::optional<Fingerprint> expected_;
  std::vector<Staged> staged_;
};

TEST(PowerLoss, AtAnyCallLosesNothingAndLeavesNoMixture) {
  int cases = 0;
  for (Protocol protocol : kProtocols) {
    for (bool able : {true, false}) {
      SimOptions options;
      options.exchange = able;
      options.leases = able;
      std::uint64_t calls = Outage(Case{protocol, options}).run();
      for (std::uint64_t at = 0; at <= calls; ++at) {
        for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
          for (std::size_t lost = 0; lost <= 2 && !HasFailure(); ++lost, ++cases) {
            Outage(Case{protocol, options, at, seed, lost}).run();
          }
        }
      }
    }
  }
  std::printf("%d cases\n", cases);
}

// Found by the simulator: the state database remembered a root whose marker was gone, and every run
// was halted from then on. The folder was made by a process that died before it brought it to disk.
TEST(PowerLoss, AMarkerThatWasMadeStays) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimClock clock;
    SeededRandom random(seed);
    SimFileSystem disk(clock);
    disk.makeFolders(kRoot);
    disk.settle();
    for (const char* folder : {"/.cloudsync", "/.cloudsync/tmp"}) disk.makeFolders(kRoot + folder);
    std::unique_ptr<Folder> root = std::move(disk.openRoot(kRoot)).value();
    RootMarker made = std::move(createRootMarker(*root, random)).value();
    std::unique_ptr<SimFileSystem> after = disk.afterPowerLoss(seed);
    std::unique_ptr<Folder> again = std::move(after->openRoot(kRoot)).value();
    std::optional<RootMarker> found = std::move(readRootMarker(*again)).value();
    ASSERT_TRUE(found) << "seed " << seed;
    EXPECT_EQ(found->id, made.id) << "seed " << seed;
  }
}

}  // namespace
}  // namespace cloudsync::test
