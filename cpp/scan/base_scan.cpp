#include "scan/base_scan.h"

#include <optional>
#include <string>
#include <utility>

namespace cloudsync {

namespace {

class BaseScan final : public BaseStream {
 public:
  BaseScan(std::unique_ptr<StateReader> reader, SpaceId space, BaseScanOptions options)
      : reader_(std::move(reader)),
        space_(space),
        options_(std::move(options)),
        after_(options_.range.from) {}

  Task<Result<BaseBatch>> next(CancelToken cancel) override {
    if (cancel.cancelled()) co_return Error{ErrorKind::cancelled, "the scan was stopped", "", 0};
    if (!std::exchange(begun_, true) && !after_.empty()) {
      // Pages begin behind a key: the one at which the range begins is read by itself.
      Result<BaseBatch> first = readFirst();
      if (!first.ok() || !first->empty()) co_return first;
    }
    Result<BaseBatch> page =
        reader_->page(space_, after_, options_.range.end, options_.rowsPerPage);
    if (page.ok() && !page->empty()) after_ = page->entries().back().key;
    co_return page;
  }

 private:
  Result<BaseBatch> readFirst() {
    Result<std::optional<BaseRow>> row = reader_->find(space_, after_);
    if (!row.ok()) return row.error();
    BaseBatch batch;
    if (!*row) return batch;
    EntryKind kind = (*row)->isDirectory() ? EntryKind::directory : EntryKind::file;
    BaseFacts& facts = batch.add(kind, after_, {}, {}).facts;
    facts = (*row)->facts;
    facts.remoteVersion = batch.keep((*row)->remoteVersion);
    return batch;
  }

  std::unique_ptr<StateReader> reader_;
  const SpaceId space_;
  const BaseScanOptions options_;
  bool begun_ = false;
  std::string after_;
};

}  // namespace

std::unique_ptr<BaseStream> scanBase(std::unique_ptr<StateReader> reader, SpaceId space,
                                     BaseScanOptions options) {
  return std::make_unique<BaseScan>(std::move(reader), space, std::move(options));
}

}  // namespace cloudsync
