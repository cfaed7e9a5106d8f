#include "service/open_listing.h"

#include <algorithm>
#include <utility>

namespace cloudsync {

Task<Status> OpenListing::read(std::unique_ptr<BaseStream> rows, Visitor& visitor,
                               CancelToken cancel) {
  MergeSide<BaseFacts> base(std::move(rows));
  while (!visitor.full()) {
    if (base.needsBatch()) {
      Status filled = co_await base.fill(cancel);
      if (!filled.ok()) co_return filled;
    }
    if (local_.needsBatch()) {
      Status filled = co_await local_.fill(cancel);
      if (!filled.ok()) co_return filled;
    }
    if (!base.current() && !local_.current()) {
      ended_ = true;
      co_return Status();
    }
    visitBatch(base, visitor);
  }
  co_return Status();
}

void OpenListing::visitBatch(MergeSide<BaseFacts>& rows, Visitor& visitor) {
  while (!rows.needsBatch() && !local_.needsBatch() && !visitor.full()) {
    const Entry<BaseFacts>* row = rows.current();
    const Entry<LocalFacts>* local = local_.current();
    if (!row && !local) return;
    std::string_view key = row ? row->key : local->key;
    if (local && local->key < key) key = local->key;

    const BaseFacts* rowFacts = nullptr;
    if (row && row->key == key) {
      rowFacts = &row->facts;
      rows.advance();
    }
    const LocalFacts* localFacts = nullptr;
    Presence presence = local_.take(key, localFacts);
    // A walk also tells of the directories that hold the beginning of its range.
    if (!range_.holds(key)) continue;
    visitor.visit(key, rowFacts, presence, localFacts);
    position_ = key;
  }
}

std::unique_ptr<OpenListing> ListingShelf::take(const KeyRange& range,
                                                const std::string& position) {
  std::lock_guard lock(mutex_);
  auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& listing) {
    return listing->position() == position && listing->range().end == range.end;
  });
  if (found == waiting_.end()) return nullptr;
  std::unique_ptr<OpenListing> listing = std::move(*found);
  waiting_.erase(found);
  return listing;
}

void ListingShelf::keep(std::unique_ptr<OpenListing> listing) {
  std::unique_ptr<OpenListing> oldest;  // goes without the lock
  std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMost) {
    oldest = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
  }
  waiting_.push_back(std::move(listing));
}

}  // namespace cloudsync
