#include "scan/base_scan.h"

#include <optional>
#include <string>
#include <utility>

#include "base/rel_path.h"

namespace cloudsync {

namespace {

Error stopped() { return Error{ErrorKind::cancelled, "the scan was stopped", "", 0}; }

// Adds the row of `key` to `batch`, if there is one.
Status readRow(StateReader& reader, SpaceId space, const std::string& key, BaseBatch& batch) {
  Result<std::optional<BaseRow>> row = reader.find(space, key);
  if (!row.ok()) return row.error();
  if (!*row) return Status();
  EntryKind kind = (*row)->isDirectory() ? EntryKind::directory : EntryKind::file;
  BaseFacts& facts = batch.add(kind, key, {}, {}).facts;
  facts = (*row)->facts;
  facts.remoteVersion = batch.keep((*row)->remoteVersion);
  return Status();
}

class BaseScan final : public BaseStream {
 public:
  BaseScan(std::unique_ptr<StateReader> reader, SpaceId space, BaseScanOptions options)
      : reader_(std::move(reader)),
        space_(space),
        options_(std::move(options)),
        after_(options_.range.from) {}

  Task<Result<BaseBatch>> next(CancelToken cancel) override {
    if (cancel.cancelled()) co_return stopped();
    if (!std::exchange(begun_, true) && !after_.empty()) {
      // Pages begin behind a key: the one at which the range begins is read by itself.
      BaseBatch first;
      Status read = readRow(*reader_, space_, after_, first);
      if (!read.ok()) co_return read.error();
      if (!first.empty()) co_return first;
    }
    Result<BaseBatch> page =
        reader_->page(space_, after_, options_.range.end, options_.rowsPerPage);
    if (page.ok() && !page->empty()) after_ = page->entries().back().key;
    co_return page;
  }

 private:
  std::unique_ptr<StateReader> reader_;
  const SpaceId space_;
  const BaseScanOptions options_;
  bool begun_ = false;
  std::string after_;
};

// Part after part of a set of keys.
class PartialBaseScan final : public BaseStream {
 public:
  PartialBaseScan(std::unique_ptr<StateReader> reader, SpaceId space, KeySet keys)
      : reader_(std::move(reader)),
        space_(space),
        keys_(std::move(keys)),
        at_(keys_.parts().begin()) {}

  Task<Result<BaseBatch>> next(CancelToken cancel) override {
    if (cancel.cancelled()) co_return stopped();
    BaseBatch batch;
    while (at_ != keys_.parts().end() && batch.size() < options_.rowsPerPage) {
      const auto& [key, extent] = *at_;
      if (after_.empty()) {
        Status read = readRow(*reader_, space_, key, batch);
        if (!read.ok()) co_return read.error();
        if (extent == KeySet::Extent::entry) {
          ++at_;
          continue;
        }
        after_ = key;
      }
      if (!batch.empty()) break;  // a page is a batch of its own
      Result<BaseBatch> page =
          reader_->page(space_, after_, endOfSubtree(key), options_.rowsPerPage);
      if (!page.ok()) co_return page.error();
      if (!page->empty()) {
        after_ = page->entries().back().key;
        co_return page;
      }
      after_.clear();
      ++at_;
    }
    co_return batch;
  }

 private:
  std::unique_ptr<StateReader> reader_;
  const SpaceId space_;
  const BaseScanOptions options_;
  const KeySet keys_;
  KeySet::Parts::const_iterator at_;
  std::string after_;  // in the subtree at at_; "" before it
};

}  // namespace

std::unique_ptr<BaseStream> scanBase(std::unique_ptr<StateReader> reader, SpaceId space,
                                     BaseScanOptions options) {
  return std::make_unique<BaseScan>(std::move(reader), space, std::move(options));
}

std::unique_ptr<BaseStream> scanBase(std::unique_ptr<StateReader> reader, SpaceId space,
                                     KeySet keys) {
  if (keys.isEverything()) return scanBase(std::move(reader), space, BaseScanOptions{});
  return std::make_unique<PartialBaseScan>(std::move(reader), space, std::move(keys));
}

}  // namespace cloudsync
