#include "planner_cases.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/random.h"
#include "sync/merge.h"
#include "sync/reconcile.h"

namespace cloudsync::sim {

KeyTable::KeyTable() {
  for (std::string file : {"A", "a", "a!", "a.txt", "a/x", "a/y/z", "b/x", "b"}) {
    for (std::string_view suffix : {"", " (1)", " (2)"}) {
      keys.push_back({file + std::string(suffix)});
      keys.back().isCopy = !suffix.empty();
    }
  }
  for (const char* directory : {"a/", "a/y/", "b/"}) keys.push_back({directory, true});
  std::sort(keys.begin(), keys.end(), [](const Key& x, const Key& y) { return x.text < y.text; });
  for (int i = 0; i < size(); ++i) index[(*this)[i].text] = i;
  auto find = [this](const std::string& text) {
    auto found = index.find(text);
    return found == index.end() ? kNone : found->second;
  };
  for (Key& key : keys) {
    std::string bare = key.directory ? key.text.substr(0, key.text.size() - 1) : key.text;
    std::size_t slash = bare.rfind('/');
    if (slash != std::string::npos) key.parent = find(bare.substr(0, slash + 1));
    key.rival = find(key.directory ? bare : bare + "/");
    if (key.directory || key.isCopy) continue;
    key.aside[0] = find(key.text + " (1)");
    key.aside[1] = find(key.text + " (2)");
  }
}

namespace {

using Kind = PlanOp::Kind;

constexpr int kPasses = 4;  // of one run, as the product's
constexpr Nanoseconds kLongAgo = 1'000'000'000'000;
constexpr std::size_t kMostStates = 4'096;

// What stands at a key on one side. Directories have content 1.
struct Node {
  int content = 0;          // 0: nothing
  std::uint32_t state = 0;  // moves with every change: inode and times here, the version there
};

struct Row {
  bool there = false;
  bool local = false;
  bool ignored = false;
  bool racy = false;
  int content = 0;
  std::uint32_t localState = 0;
  std::uint32_t remoteState = 0;
};

struct Op {
  Kind kind;
  int key;
  Node local;  // as planned
  Node remote;
};

enum class Side { local, remote };

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
      : keys_(keys),
        versions_(versions),
        random_(seed),
        local_(keys.keys.size()),
        remote_(keys.keys.size()),
        rows_(keys.keys.size()) {}

  std::optional<std::string> play() {
    policy_.keepAllLocal = !chance(3);
    makeBase();
    for (std::size_t count = below(4); count > 0; --count) mutate(Side::local);
    for (std::size_t count = below(4); count > 0; --count) mutate(Side::remote);
    std::string story = chance(4) ? playWithHole() : playDisturbed();
    story = describe() + story;
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
    Row& row = rowAt(key);
    switch (decision.act) {
      case Decision::Act::nothing:
        return;
      case Decision::Act::erase:
        row = Row{};
        return;
      case Decision::Act::record:
        row = Row{true, at(Side::local, key).content != 0};
        row.localState = at(Side::local, key).state;
        row.remoteState = at(Side::remote, key).state;
        return;
      case Decision::Act::judge:
      case Decision::Act::operate:
        ops_.push_back({decision.kind, key, at(Side::local, key), at(Side::remote, key)});
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
  Node& at(Side side, int key) {
    return (side == Side::local ? local_ : remote_)[static_cast<std::size_t>(key)];
  }
  Row& rowAt(int key) { return rows_[static_cast<std::size_t>(key)]; }
  std::uint32_t nextState() { return ++states_; }
  int newContent() {
    dismissed_.push_back(false);
    return static_cast<int>(dismissed_.size()) + 1;
  }
  void dismiss(int content) {
    if (content > 1) dismissed_[static_cast<std::size_t>(content - 2)] = true;
  }
  bool isShown(Side side, int content) {
    const std::vector<Node>& nodes = side == Side::local ? local_ : remote_;
    return std::any_of(nodes.begin(), nodes.end(),
                       [content](const Node& node) { return node.content == content; });
  }

  // --- users ---

  // What a user takes away from his side without keeping it anywhere on it.
  void takeAway(Side side, int key) {
    int content = std::exchange(at(side, key).content, 0);
    if (content > 1 && !isShown(side, content)) dismiss(content);
  }
  void removeWithAll(Side side, int key) {
    for (int i = 0; keys_[key].directory && i < keys_.size(); ++i) {
      if (keys_.isBelow(i, key)) takeAway(side, i);
    }
    takeAway(side, key);
  }
  void makeParents(Side side, int key) {
    for (int up = keys_[key].parent; up != KeyTable::kNone; up = keys_[up].parent) {
      if (keys_[up].rival != KeyTable::kNone) takeAway(side, keys_[up].rival);
      if (at(side, up).content == 0) at(side, up) = {1, nextState()};
    }
    if (keys_[key].rival != KeyTable::kNone) removeWithAll(side, keys_[key].rival);
  }
  void put(Side side, int key, int content) {
    makeParents(side, key);
    takeAway(side, key);
    at(side, key) = {content, nextState()};
  }
  int someKey() {
    int key = static_cast<int>(below(keys_.keys.size()));
    return keys_[key].isCopy && !chance(8) ? someKey() : key;
  }
  void mutate(Side side) {
    int key = someKey();
    if (chance(3)) return removeWithAll(side, key);
    if (keys_[key].directory) {
      if (at(side, key).content == 0) put(side, key, 1);
      return;
    }
    int other = someKey();
    int moved = at(side, key).content;
    bool renames = chance(3) && moved != 0 && !keys_[other].directory && other != key;
    if (!renames) return put(side, key, newContent());
    at(side, key).content = 0;  // it shows again in a moment
    put(side, other, moved);
  }
  void makeBase() {
    for (std::size_t count = below(6); count > 0; --count) {
      int key = someKey();
      put(Side::remote, key, keys_[key].directory ? 1 : newContent());
    }
    for (int i = 0; i < keys_.size(); ++i) {
      Node& there = at(Side::remote, i);
      if (there.content == 0) continue;
      bool here = policy_.keepAllLocal || keys_[i].directory || chance(2);
      Row& row = rowAt(i);
      row = {true, here, false, chance(6), there.content, 0, there.state};
      if (!here) continue;
      at(Side::local, i) = {there.content, nextState()};
      row.localState = states_;
    }
    // What was written for the base and is gone again was never anybody's.
    for (std::size_t i = 0; i < dismissed_.size(); ++i) {
      if (!isShown(Side::remote, static_cast<int>(i) + 2)) dismissed_[i] = true;
    }
  }

  // --- runs ---

  std::string playWithHole() {
    constexpr std::size_t kFirst = 0;
    std::vector<int> folders;
    for (int i = 0; i < keys_.size(); ++i) {
      if (keys_[i].directory && at(Side::local, i).content && at(Side::remote, i).content) {
        folders.push_back(i);
      }
    }
    if (folders.empty()) return playDisturbed();
    int hole = folders[below(folders.size())];
    std::vector<Node> local = local_;
    std::vector<Node> remote = remote_;
    holeSide_ = chance(2) ? Side::local : Side::remote;
    run(RootTrust::full, hole, 0, kFirst);
    for (int i = 0; i < keys_.size(); ++i) {
      auto place = static_cast<std::size_t>(i);
      if (!keys_.isBelow(i, hole)) continue;
      if (local[place].content != local_[place].content ||
          remote[place].content != remote_[place].content) {
        touched_ = keys_[i].text;
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
      lookAgain_ = false;
      std::stable_sort(ops_.begin(), ops_.end(), [](const Op& a, const Op& b) {
        int first = stageOf(a.kind);
        int second = stageOf(b.kind);
        if (first != second) return first < second;
        return first == kLastStage ? a.key > b.key : a.key < b.key;
      });
      for (const Op& op : ops_) {
        ++performed;
        if (performed == editAt) mutate(chance(2) ? Side::local : Side::remote);
        if (!perform(op)) lookAgain_ = true;
        if (performed == stopsAfter) return;
      }
      if (!lookAgain_) return;
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
    const Row& row = rowAt(i);
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
    const Node& node = at(Side::local, i);
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
    const Node& node = at(Side::remote, i);
    if (node.content == 0) return false;
    facts.size = static_cast<ByteCount>(node.content);
    facts.version = versions_[node.state];
    return true;
  }

  // --- operations, as the product's with everything real taken away. False: postponed. ---

  static constexpr int kLastStage = 5;
  static int stageOf(Kind kind) {
    switch (kind) {
      case Kind::makeLocalDirectory:
        return 0;
      case Kind::compare:
      case Kind::download:
        return 1;
      case Kind::makeRemoteDirectory:
        return 2;
      case Kind::upload:
        return 3;
      case Kind::removeLocal:
      case Kind::removeRemote:
      case Kind::forget:
      case Kind::recordCloud:
      case Kind::adopt:
        return 4;
      case Kind::removeLocalDirectory:
      case Kind::removeRemoteDirectory:
        return kLastStage;
    }
    return kLastStage;
  }

  bool perform(const Op& op) {
    switch (op.kind) {
      case Kind::makeLocalDirectory:
        return makeDirectory(Side::local, op);
      case Kind::makeRemoteDirectory:
        return at(Side::local, op.key).content != 0 && makeDirectory(Side::remote, op);
      case Kind::download:
        return fetch(op.key, op.local, op.remote.state);
      case Kind::upload:
        return upload(op.key, op.local, op.remote);
      case Kind::compare:
        return compare(op.key);
      case Kind::removeLocal:
        return removeLocal(op);
      case Kind::removeRemote:
        return removeRemote(op);
      case Kind::removeLocalDirectory:
        return removeDirectory(Side::local, op.key);
      case Kind::removeRemoteDirectory:
        return at(Side::local, op.key).content == 0 && removeDirectory(Side::remote, op.key);
      case Kind::forget:
        if (at(Side::remote, op.key).content != 0) return false;
        rowAt(op.key) = Row{};
        return true;
      case Kind::recordCloud:
      case Kind::adopt:
        break;
    }
    return true;
  }

  // Is there room for something at `key`, its directories made?
  bool openTheWay(Side side, int key) {
    int rival = keys_[key].rival;
    if (rival != KeyTable::kNone && at(side, rival).content != 0) return false;
    for (int up = keys_[key].parent; up != KeyTable::kNone; up = keys_[up].parent) {
      int file = keys_[up].rival;
      if (file != KeyTable::kNone && at(side, file).content != 0) return false;
    }
    for (int up = keys_[key].parent; up != KeyTable::kNone; up = keys_[up].parent) {
      if (at(side, up).content == 0) at(side, up) = {1, nextState()};
    }
    return true;
  }
  bool makeDirectory(Side side, const Op& op) {
    if (at(side, op.key).content == 0) {
      if (!openTheWay(side, op.key)) return false;
      at(side, op.key) = {1, nextState()};
    }
    rowAt(op.key) = {true, true, false, false, 1, at(Side::local, op.key).state, 0};
    return true;
  }
  bool removeDirectory(Side side, int key) {
    bool empty = true;
    for (int i = 0; i < keys_.size(); ++i) {
      if (keys_.isBelow(i, key) && at(side, i).content != 0) empty = false;
    }
    if (empty) {
      at(side, key).content = 0;
      rowAt(key) = Row{};
    } else if (side == Side::local) {
      rowAt(key) = {true, true, true, false, 1, at(side, key).state, 0};
    } else {
      rowAt(key) = {true, false, false, false, 1, 0, 0};
    }
    return true;
  }
  // The remote's content at that version takes the place of exactly `expected`.
  bool fetch(int key, const Node& expected, std::uint32_t version) {
    const Node there = at(Side::remote, key);
    Node& here = at(Side::local, key);
    if (there.content == 0 || there.state != version) return false;
    if (here.content != expected.content || (here.content && here.state != expected.state)) {
      return false;
    }
    if (!openTheWay(Side::local, key)) return false;
    here = {there.content, nextState()};
    rowAt(key) = {true, true, false, false, there.content, here.state, there.state};
    return true;
  }
  bool upload(int key, const Node& expected, const Node& remote) {
    const Node here = at(Side::local, key);
    if (here.content == 0 || here.state != expected.state) return false;
    const Row row = rowAt(key);
    bool agreed = row.there && !row.ignored && row.content == here.content;
    if (remote.content == 0 && agreed && row.local) {
      return removeLocal({Kind::removeLocal, key, expected, remote});
    }
    Node& there = at(Side::remote, key);
    if (there.content != remote.content || (there.content && there.state != remote.state)) {
      return false;
    }
    bool onlyPrint = agreed && there.content && there.state == row.remoteState;
    if (!onlyPrint) {
      if (!openTheWay(Side::remote, key)) return false;
      there = {here.content, nextState()};
    }
    rowAt(key) = {true, true, false, false, here.content, here.state, there.state};
    return true;
  }
  bool compare(int key) {
    const Node here = at(Side::local, key);
    const Node there = at(Side::remote, key);
    if (here.content == 0 || there.content == 0) return false;
    const Row row = rowAt(key);
    if (here.content == there.content) {
      rowAt(key) = {true, true, false, false, here.content, here.state, there.state};
      return true;
    }
    bool agreed = row.there && !row.ignored;
    if (agreed && row.content == here.content) return fetch(key, here, there.state);
    if (agreed && row.content == there.content) return upload(key, here, there);
    if (!moveAside(key)) return false;
    lookAgain_ = true;
    bool wasHere = agreed && row.local;
    if (policy_.keepAllLocal || wasHere) return fetch(key, Node{}, there.state);
    rowAt(key) = {true, false, false, false, there.content, 0, there.state};
    return true;
  }
  bool moveAside(int key) {
    int content = at(Side::local, key).content;
    for (int aside : keys_[key].aside) {
      if (aside == KeyTable::kNone) return dropCopy(key);
      Node& place = at(Side::local, aside);
      if (place.content != 0 && place.content != content) continue;
      if (place.content == 0) place = {content, nextState()};
      at(Side::local, key) = Node{};
      rowAt(key) = Row{};
      return true;
    }
    return dropCopy(key);
  }
  // The table has no more names for copies: such a case says nothing.
  bool dropCopy(int key) {
    dismiss(at(Side::local, key).content);
    at(Side::local, key) = Node{};
    rowAt(key) = Row{};
    return true;
  }
  bool removeLocal(const Op& op) {
    if (at(Side::remote, op.key).content != 0) return false;
    Node& here = at(Side::local, op.key);
    if (here.content != 0 && here.state != op.local.state) return false;
    here = Node{};
    rowAt(op.key) = Row{};
    return true;
  }
  bool removeRemote(const Op& op) {
    const Row& row = rowAt(op.key);
    if (at(Side::local, op.key).content != 0 || !row.there || !row.local) return false;
    Node& there = at(Side::remote, op.key);
    if (there.content != 0 && there.state != op.remote.state) return false;
    there = Node{};
    rowAt(op.key) = Row{};
    return true;
  }

  // --- judging ---

  std::optional<std::string> judge() {
    if (!touched_.empty()) return "P3: " + touched_ + " was touched below a hole";
    for (std::size_t i = 0; i < dismissed_.size(); ++i) {
      int content = static_cast<int>(i) + 2;
      if (dismissed_[i] || isShown(Side::remote, content)) continue;
      return "P1: content " + std::to_string(content) + " is in nobody's sight";
    }
    for (int i = 0; i < keys_.size(); ++i) {
      int here = at(Side::local, i).content;
      int there = at(Side::remote, i).content;
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
      const Row& row = rowAt(i);
      const Node& here = at(Side::local, i);
      const Node& there = at(Side::remote, i);
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
  ReconcilePolicy policy_;
  RootTrust trust_ = RootTrust::full;
  Side holeSide_ = Side::local;
  std::vector<Node> local_;
  std::vector<Node> remote_;
  std::vector<Row> rows_;
  std::vector<bool> dismissed_;  // by content - 2
  std::uint32_t states_ = 0;
  std::vector<Op> ops_;
  std::size_t decisions_ = 0;
  bool lookAgain_ = false;
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
