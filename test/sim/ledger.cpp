#include "ledger.h"

#include "step.h"

namespace cloudsync::sim {

namespace {

std::string quoted(const std::string& bytes) {
  constexpr std::size_t kShown = 60;
  std::string text("'");
  return text.append(bytes, 0, kShown).append(bytes.size() > kShown ? "…'" : "'");
}

}  // namespace

Ledger::Content* Ledger::find(const std::string& bytes) {
  auto found = ids_.find(bytes);
  return found == ids_.end() ? nullptr : &contents_[found->second];
}

void Ledger::learn(const std::string& bytes) {
  if (bytes.empty()) return;
  auto [place, isNew] = ids_.try_emplace(bytes, contents_.size());
  if (isNew) {
    contents_.push_back(Content{bytes});
    return;
  }
  // Written once more: whatever became of the first one, somebody wants it now.
  Content& content = contents_[place->second];
  content.dismissed = content.excused = false;
}

void Ledger::see(const std::string& bytes, Shelf shelf, unsigned disk) {
  Content* content = find(bytes);
  if (content == nullptr) return;
  if (content->seen != look_) content->on = 0;
  content->seen = look_;
  content->on |= disk;
  if (shelf != Shelf::temp) content->held = look_;
  if (shelf == Shelf::tree) content->shown = look_;
  if (disk == bitOf(kCloud) && shelf != Shelf::temp) content->inCloud = true;
}

std::optional<std::string> Ledger::compare(const Terms& terms) {
  for (Content& content : contents_) {
    bool here = (terms.tempCounts ? content.seen : content.held) == look_;
    if (content.alive && !here && !content.excused) {
      bool replaced = terms.cloudForgets && content.dismissed;
      bool cut = terms.lost != 0 && (content.firm & terms.lost) == 0;
      if (!replaced && !cut) return "P1: the content " + quoted(content.bytes) + " is lost";
    }
    bool shown = content.shown == look_;
    if (terms.mustShow && content.wasShown && !shown && content.alive && !content.dismissed &&
        !content.excused) {
      return "P3: nobody removed " + quoted(content.bytes) + ", and it is in nobody's sight";
    }
    content.alive = here;
    content.wasShown = terms.mustShow ? shown : content.wasShown || shown;
  }
  return std::nullopt;
}

void Ledger::accept() {
  for (Content& content : contents_) {
    content.alive = content.seen == look_;
    content.wasShown = content.wasShown || content.shown == look_;
  }
}

void Ledger::dismiss(const std::string& bytes, unsigned disk) {
  if (Content* content = find(bytes)) {
    content->dismissed = true;
    content->firm &= ~disk;
  }
}

void Ledger::excuse(const std::string& bytes) {
  if (Content* content = find(bytes)) content->excused = true;
}

void Ledger::makeFirm(unsigned disk) {
  for (Content& content : contents_) {
    if (content.held == look_ && (content.on & disk) != 0) content.firm |= disk;
  }
}

void Ledger::makeFirm(const std::string& bytes, unsigned disk) {
  if (Content* content = find(bytes)) content->firm |= disk;
}

void Ledger::loosen(const std::string& bytes, unsigned disk) {
  if (Content* content = find(bytes)) content->firm &= ~disk;
}

bool Ledger::wasInCloud(const std::string& bytes) const {
  auto found = ids_.find(bytes);
  return bytes.empty() || found == ids_.end() || contents_[found->second].inCloud;
}

}  // namespace cloudsync::sim
