#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/rows.h"

namespace cloudsync::sim {

// The names of planner cases, in key order: files and directories that collide, and two names for
// conflict copies of each file.
struct KeyTable {
  static constexpr int kNone = -1;
  struct Key {
    std::string text;
    bool directory = false;
    int parent = kNone;       // index of the directory it lies in
    int rival = kNone;        // the file `a` of the directory `a/`, and the other way round
    int aside[2] = {-1, -1};  // of a file: the names of its conflict copies
    bool isCopy = false;      // such a name
  };
  std::vector<Key> keys;
  std::unordered_map<std::string_view, int> index;

  KeyTable();
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;
  int size() const { return static_cast<int>(keys.size()); }
  const Key& operator[](int at) const { return keys[static_cast<std::size_t>(at)]; }
  bool isBelow(int at, int directory) const {
    return at != directory && (*this)[at].text.starts_with((*this)[directory].text);
  }
};

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
  PlanOp::Kind kind;
  int key;
  Node local;  // as planned
  Node remote;
};

enum class Side { local, remote };

// The three trees of a planner case, what users do to them, and the operations of a plan: as the
// product's, with everything real taken away. A plain value.
class PlannerTrees {
 public:
  PlannerTrees(const KeyTable& keys, bool keepsAllLocal);

  bool keepsAllLocal() const { return keepsAllLocal_; }
  const std::vector<Node>& nodes(Side side) const { return side == Side::local ? local_ : remote_; }
  Node& at(Side side, int key) {
    return (side == Side::local ? local_ : remote_)[static_cast<std::size_t>(key)];
  }
  Row& rowAt(int key) { return rows_[static_cast<std::size_t>(key)]; }
  std::uint32_t nextState() { return ++states_; }
  bool isShown(Side side, int content) const;

  // Contents that somebody wrote count from 2. One that its own side took away is dismissed.
  int newContent();
  int newestContent() const { return static_cast<int>(dismissed_.size()) + 1; }
  void dismiss(int content);
  bool isDismissed(int content) const { return dismissed_[static_cast<std::size_t>(content - 2)]; }

  // As users.
  void removeWithAll(Side side, int key);
  void put(Side side, int key, int content);

  // The order in which kinds of operations are carried out; the last one from the end.
  static constexpr int kLastStage = 5;
  static int stageOf(PlanOp::Kind kind);
  // False: it is postponed.
  bool perform(const Op& op);
  // A copy was made, which the next pass has to see. Asked once.
  bool takeLookAgain() { return std::exchange(lookAgain_, false); }

 private:
  void takeAway(Side side, int key);
  void makeParents(Side side, int key);
  bool openTheWay(Side side, int key);
  bool makeDirectory(Side side, const Op& op);
  bool removeDirectory(Side side, int key);
  bool fetch(int key, const Node& expected, std::uint32_t version);
  bool upload(int key, const Node& expected, const Node& remote);
  bool compare(int key);
  bool moveAside(int key);
  bool dropCopy(int key);
  bool removeLocal(const Op& op);
  bool removeRemote(const Op& op);

  const KeyTable& keys_;
  const bool keepsAllLocal_;
  std::vector<Node> local_;
  std::vector<Node> remote_;
  std::vector<Row> rows_;
  std::vector<bool> dismissed_;
  std::uint32_t states_ = 0;
  bool lookAgain_ = false;
};

}  // namespace cloudsync::sim
