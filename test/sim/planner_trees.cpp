#include "planner_trees.h"

#include <algorithm>

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

using Kind = PlanOp::Kind;

PlannerTrees::PlannerTrees(const KeyTable& keys, bool keepsAllLocal)
    : keys_(keys),
      keepsAllLocal_(keepsAllLocal),
      local_(keys.keys.size()),
      remote_(keys.keys.size()),
      rows_(keys.keys.size()) {}

int PlannerTrees::newContent() {
  dismissed_.push_back(false);
  return static_cast<int>(dismissed_.size()) + 1;
}
void PlannerTrees::dismiss(int content) {
  if (content > 1) dismissed_[static_cast<std::size_t>(content - 2)] = true;
}
bool PlannerTrees::isShown(Side side, int content) const {
  const std::vector<Node>& shown = nodes(side);
  return std::any_of(shown.begin(), shown.end(),
                     [content](const Node& node) { return node.content == content; });
}

// What a user takes away from his side without keeping it anywhere on it.
void PlannerTrees::takeAway(Side side, int key) {
  int content = std::exchange(at(side, key).content, 0);
  if (content > 1 && !isShown(side, content)) dismiss(content);
}
void PlannerTrees::removeWithAll(Side side, int key) {
  for (int i = 0; keys_[key].directory && i < keys_.size(); ++i) {
    if (keys_.isBelow(i, key)) takeAway(side, i);
  }
  takeAway(side, key);
}
void PlannerTrees::makeParents(Side side, int key) {
  for (int up = keys_[key].parent; up != KeyTable::kNone; up = keys_[up].parent) {
    if (keys_[up].rival != KeyTable::kNone) takeAway(side, keys_[up].rival);
    if (at(side, up).content == 0) at(side, up) = {1, nextState()};
  }
  if (keys_[key].rival != KeyTable::kNone) removeWithAll(side, keys_[key].rival);
}
void PlannerTrees::put(Side side, int key, int content) {
  makeParents(side, key);
  takeAway(side, key);
  at(side, key) = {content, nextState()};
}
int PlannerTrees::stageOf(Kind kind) {
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
    case Kind::moveLocal:
    case Kind::moveRemote:
      return 4;
    case Kind::removeLocalDirectory:
    case Kind::removeRemoteDirectory:
      return kLastStage;
  }
  return kLastStage;
}

bool PlannerTrees::perform(const Op& op) {
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
    case Kind::moveLocal:  // found among the operations of a plan, later than here
    case Kind::moveRemote:
      break;
  }
  return true;
}

// Is there room for something at `key`, its directories made?
bool PlannerTrees::openTheWay(Side side, int key) {
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
bool PlannerTrees::makeDirectory(Side side, const Op& op) {
  if (at(side, op.key).content == 0) {
    if (!openTheWay(side, op.key)) return false;
    at(side, op.key) = {1, nextState()};
  }
  rowAt(op.key) = {true, true, false, false, 1, at(Side::local, op.key).state, 0};
  return true;
}
bool PlannerTrees::removeDirectory(Side side, int key) {
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
bool PlannerTrees::fetch(int key, const Node& expected, std::uint32_t version) {
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
bool PlannerTrees::upload(int key, const Node& expected, const Node& remote) {
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
bool PlannerTrees::compare(int key) {
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
  if (agreed && row.local && row.content == there.content) return upload(key, here, there);
  if (!moveAside(key)) return false;
  lookAgain_ = true;
  bool wasHere = agreed && row.local;
  if (keepsAllLocal_ || wasHere) return fetch(key, Node{}, there.state);
  rowAt(key) = {true, false, false, false, there.content, 0, there.state};
  return true;
}
bool PlannerTrees::moveAside(int key) {
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
bool PlannerTrees::dropCopy(int key) {
  dismiss(at(Side::local, key).content);
  at(Side::local, key) = Node{};
  rowAt(key) = Row{};
  return true;
}
bool PlannerTrees::removeLocal(const Op& op) {
  if (at(Side::remote, op.key).content != 0) return false;
  Node& here = at(Side::local, op.key);
  if (here.content != 0 && here.state != op.local.state) return false;
  here = Node{};
  rowAt(op.key) = Row{};
  return true;
}
bool PlannerTrees::removeRemote(const Op& op) {
  const Row& row = rowAt(op.key);
  if (at(Side::local, op.key).content != 0 || !row.there || !row.local) return false;
  Node& there = at(Side::remote, op.key);
  if (there.content != 0 && there.state != op.remote.state) return false;
  there = Node{};
  rowAt(op.key) = Row{};
  return true;
}

}  // namespace cloudsync::sim
