#include "planner_cases.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/random.h"
#include "sync/merge.h"
#include "sync/reconcile.h"

namespace cloudsync::sim {

namespace {

constexpr int kPasses = 4;  // of one run, as the product's
constexpr Nanoseconds kLongAgo = 1'000'000'000'000;
constexpr std::size_t kMostStates = 4'096;

Fingerprint printOf(const Node& node) {
  return {node.state, 1, static_cast<ByteCount>(node.content), 1, node.state};
}

// A task that never waits, at once.
template <class T>
T runNow(Task<T> task) {
  struct Inline {
    struct promise_type {
      Inline get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
  };
  std::optional<T> answer;
  auto start = [](Task<T> running, std::optional<T>& into) -> Inline {
    into.emplace(co_await running);
  };
  start(std::move(task), answer);
  return std::move(*answer);
}

// One side of a case, in one batch. Below `hole` nothing is known.
template <class Facts, class Fill>
class Stream final : public EntryStream<Facts> {
 public:
  Stream(const KeyTable& keys, int hole, Fill fill)
      : keys_(keys), hole_(hole), fill_(std::move(fill)) {}

  Task<Result<EntryBatch<Facts>>> next(CancelToken) override {
    EntryBatch<Facts> batch;
    if (std::exchange(ended_, true)) co_return batch;
    for (int i = 0; i < keys_.size(); ++i) {
      if (hole_ >= 0 && keys_.isBelow(i, hole_)) continue;
      Facts facts{};
      if (!fill_(i, facts)) continue;
      EntryKind kind = keys_[i].directory ? EntryKind::directory : EntryKind::file;
      batch.add(kind, keys_[i].text, "", "").facts = facts;
      if (i != hole_) continue;
      batch.add(EntryKind::unknown, keys_[i].text, "", "").unknownEnd =
          batch.keep(endOfSubtree(keys_[i].text));
    }
    co_return batch;
  }

 private:
  const KeyTable& keys_;
  const int hole_;
  const Fill fill_;
  bool ended_ = false;
};

template <class Facts, class Fill>
std::unique_ptr<EntryStream<Facts>> streamOf(const KeyTable& keys, int hole, Fill fill) {
  return std::make_unique<Stream<Facts, Fill>>(keys, hole, std::move(fill));
}

class Case final : public ThreeWayMerge::Visitor {
 public:
  Case(const KeyTable& keys, const std::vector<std::string>& versions, std::uint64_t seed)
      : keys_(keys), versions_(versions), random_(seed), trees_(keys, !chance(3)) {}

  std::optional<std::string> play() {
    policy_.keepAllLocal = trees_.keepsAllLocal();
    makeBase();
    for (std::size_t count = below(4); count > 0; --count) mutate(Side::local);
    for (std::size_t count = below(4); count > 0; --count) mutate(Side::remote);
    const std::string begin = describe();
    const std::string story = begin + (chance(4) ? playWithHole() : playDisturbed());
    for (int quiet = 0; quiet < 2; ++quiet) run(RootTrust::full, KeyTable::kNone, 0, 0);
    std::optional<std::string> complaint = judge();
    if (complaint) return *complaint + "\n  " + story + "\n  end: " + describe();
    return std::nullopt;
  }

  void visit(const Triple& triple) override {
    if (triple.local == Presence::unknown || triple.remote == Presence::unknown) return;
    Decision decision =
        trust_ == RootTrust::full ? reconcile(triple, policy_) : reconcileAsUnion(triple, policy_);
    if (decision.act == Decision::Act::nothing) return;
    ++decisions_;
    int key = keys_.index.find(triple.key)->second;
    Row& row = trees_.rowAt(key);
    switch (decision.act) {
      case Decision::Act::nothing:
        return;
      case Decision::Act::erase:
        row = Row{};
        return;
      case Decision::Act::record:
        row = Row{true, trees_.at(Side::local, key).content != 0};
        row.localState = trees_.at(Side::local, key).state;
        row.remoteState = trees_.at(Side::remote, key).state;
        return;
      case Decision::Act::judge:
      case Decision::Act::operate:
        ops_.push_back(
            {decision.kind, key, trees_.at(Side::local, key), trees_.at(Side::remote, key)});
        return;
    }
  }
  void setAside(std::string_view, EntryKind, bool) override {}
  void hole(std::string_view, bool) override {}
  Task<Status> pause() override { co_return Status(); }

 private:
  enum class RootTrust { full, unionOnly };

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_.next() % limit); }
  bool chance(std::size_t oneIn) { return below(oneIn) == 0; }
  int someKey() {
    int key = static_cast<int>(below(keys_.keys.size()));
    return keys_[key].isCopy && !chance(8) ? someKey() : key;
  }
  void mutate(Side side) {
    int key = someKey();
    if (chance(3)) return trees_.removeWithAll(side, key);
    if (keys_[key].directory) {
      if (trees_.at(side, key).content == 0) trees_.put(side, key, 1);
      return;
    }
    int other = someKey();
    int moved = trees_.at(side, key).content;
    bool renames = chance(3) && moved != 0 && !keys_[other].directory && other != key;
    if (!renames) return trees_.put(side, key, trees_.newContent());
    trees_.at(side, key).content = 0;  // it shows again in a moment
    trees_.put(side, other, moved);
  }
  void makeBase() {
    for (std::size_t count = below(6); count > 0; --count) {
      int key = someKey();
      trees_.put(Side::remote, key, keys_[key].directory ? 1 : trees_.newContent());
    }
    for (int i = 0; i < keys_.size(); ++i) {
      Node& there = trees_.at(Side::remote, i);
      if (there.content == 0) continue;
      bool here = policy_.keepAllLocal || keys_[i].directory || chance(2);
      Row& row = trees_.rowAt(i);
      row = {true, here, false, chance(6), there.content, 0, there.state};
      if (!here) continue;
      trees_.at(Side::local, i) = {there.content, trees_.nextState()};
      row.localState = trees_.at(Side::local, i).state;
    }
    // What was written for the base and is gone again was never anybody's.
    for (int content = 2; content <= trees_.newestContent(); ++content) {
      if (!trees_.isShown(Side::remote, content)) trees_.dismiss(content);
    }
  }

  // --- runs ---

  std::string playWithHole() {
    constexpr std::size_t kFirst = 0;
    std::vector<int> folders;
    for (int i = 0; i < keys_.size(); ++i) {
      if (keys_[i].directory && trees_.at(Side::local, i).content &&
          trees_.at(Side::remote, i).content) {
        folders.push_back(i);
      }
    }
    if (folders.empty()) return playDisturbed();
    int hole = folders[below(folders.size())];
    const PlannerTrees before = trees_;
    holeSide_ = chance(2) ? Side::local : Side::remote;
    run(RootTrust::full, hole, 0, kFirst);
    for (int i = 0; i < keys_.size(); ++i) {
      auto place = static_cast<std::size_t>(i);
      for (Side side : {Side::local, Side::remote}) {
        bool same = before.nodes(side)[place].content == trees_.nodes(side)[place].content;
        if (keys_.isBelow(i, hole) && !same) touched_ = keys_[i].text;
      }
    }
    return "; a run with a hole at " + keys_[hole].text;
  }

  std::string playDisturbed() {
    RootTrust trust = chance(8) ? RootTrust::unionOnly : RootTrust::full;
    std::size_t stopsAfter = chance(3) ? 1 + below(6) : 0;
    std::size_t editAt = chance(3) ? 1 + below(6) : 0;
    run(trust, KeyTable::kNone, stopsAfter, editAt);
    return std::string("; ") + (trust == RootTrust::full ? "" : "union ") + "run, stops after " +
           std::to_string(stopsAfter) + ", edit before " + std::to_string(editAt);
  }

  // 0: not at all.
  void run(RootTrust trust, int hole, std::size_t stopsAfter, std::size_t editAt) {
    std::size_t performed = 0;
    for (int pass = 0; pass < kPasses; ++pass) {
      trust_ = trust;
      makePlan(hole);
      bool lookAgain = false;
      std::stable_sort(ops_.begin(), ops_.end(), [](const Op& a, const Op& b) {
        int first = PlannerTrees::stageOf(a.kind);
        int second = PlannerTrees::stageOf(b.kind);
        if (first != second) return first < second;
        return first == PlannerTrees::kLastStage ? a.key > b.key : a.key < b.key;
      });
      for (const Op& op : ops_) {
        ++performed;
        if (performed == editAt) mutate(chance(2) ? Side::local : Side::remote);
        if (!trees_.perform(op)) lookAgain = true;
        if (performed == stopsAfter) return;
      }
      if (trees_.takeLookAgain()) lookAgain = true;
      if (!lookAgain) return;
    }
  }

  void makePlan(int hole) {
    decisions_ = 0;
    ops_.clear();
    int localHole = hole >= 0 && holeSide_ == Side::local ? hole : KeyTable::kNone;
    int remoteHole = hole >= 0 && holeSide_ == Side::remote ? hole : KeyTable::kNone;
    ThreeWayMerge merge(
        streamOf<BaseFacts>(keys_, KeyTable::kNone,
                            [this](int i, BaseFacts& facts) { return describeRow(i, facts); }),
        streamOf<LocalFacts>(keys_, localHole,
                             [this](int i, LocalFacts& facts) { return describeLocal(i, facts); }),
        streamOf<RemoteFacts>(keys_, remoteHole, [this](int i, RemoteFacts& facts) {
          return describeRemote(i, facts);
        }));
    (void)runNow(merge.run(*this, CancelToken())).ok();
  }
  bool describeRow(int i, BaseFacts& facts) {
    const Row& row = trees_.rowAt(i);
    if (!row.there) return false;
    facts.standing = row.ignored ? Standing::ignored : Standing::synced;
    facts.local = row.local;
    facts.fingerprint = printOf({row.content, row.localState});
    if (keys_[i].directory) facts.fingerprint = printOf({1, row.localState});
    facts.lookedAt = row.racy ? 0 : kLongAgo;
    facts.size = static_cast<ByteCount>(row.content);
    facts.remoteVersion = versions_[row.remoteState];
    return true;
  }
  bool describeLocal(int i, LocalFacts& facts) {
    const Node& node = trees_.at(Side::local, i);
    if (node.content == 0) return false;
    Fingerprint print = printOf(node);
    facts.stat.type = keys_[i].directory ? FileType::directory : FileType::file;
    facts.stat.inode = print.inode;
    facts.stat.birthTime = print.birthTime;
    facts.stat.size = print.size;
    facts.stat.modifyTime = print.modifyTime;
    facts.stat.changeTime = print.changeTime;
    return true;
  }
  bool describeRemote(int i, RemoteFacts& facts) {
    const Node& node = trees_.at(Side::remote, i);
    if (node.content == 0) return false;
    facts.size = static_cast<ByteCount>(node.content);
    facts.version = versions_[node.state];
    return true;
  }

  // --- judging ---

  std::optional<std::string> judge() {
    if (!touched_.empty()) return "P3: " + touched_ + " was touched below a hole";
    for (int content = 2; content <= trees_.newestContent(); ++content) {
      if (trees_.isDismissed(content) || trees_.isShown(Side::remote, content)) continue;
      return "P1: content " + std::to_string(content) + " is in nobody's sight";
    }
    for (int i = 0; i < keys_.size(); ++i) {
      int here = trees_.at(Side::local, i).content;
      int there = trees_.at(Side::remote, i).content;
      bool mayBeAway = !policy_.keepAllLocal && !keys_[i].directory && here == 0;
      if (here != there && !mayBeAway) return "P6: " + keys_[i].text + " differs";
    }
    trust_ = RootTrust::full;
    makePlan(KeyTable::kNone);
    if (decisions_ > 0) {
      return "P6: a third run decides " + std::to_string(decisions_) + " things" +
             (ops_.empty() ? "" : ", one for " + keys_[ops_[0].key].text);
    }
    return std::nullopt;
  }

  std::string describe() {
    std::string text = policy_.keepAllLocal ? "" : "on demand:";
    for (int i = 0; i < keys_.size(); ++i) {
      const Row& row = trees_.rowAt(i);
      const Node& here = trees_.at(Side::local, i);
      const Node& there = trees_.at(Side::remote, i);
      if (!row.there && here.content == 0 && there.content == 0) continue;
      text += " [" + keys_[i].text + " row " + (row.there ? std::to_string(row.content) : "-") +
              (row.ignored ? "i" : "") + (row.there && !row.local ? "c" : "") +
              (row.racy ? "r" : "") + " here " + std::to_string(here.content) + " there " +
              std::to_string(there.content) + "]";
    }
    return text;
  }

  const KeyTable& keys_;
  const std::vector<std::string>& versions_;
  SeededRandom random_;
  PlannerTrees trees_;
  ReconcilePolicy policy_;
  RootTrust trust_ = RootTrust::full;
  Side holeSide_ = Side::local;
  std::vector<Op> ops_;
  std::size_t decisions_ = 0;
  std::string touched_;
};

}  // namespace

PlannerCases::PlannerCases() {
  versions_.reserve(kMostStates);
  for (std::size_t i = 0; i < kMostStates; ++i) versions_.push_back(std::to_string(i));
}

std::optional<std::string> PlannerCases::play(std::uint64_t seed) const {
  return Case(keys_, versions_, seed).play();
}

}  // namespace cloudsync::sim
