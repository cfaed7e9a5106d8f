#include "scan/base_scan.h"

#include <string>
#include <utility>

namespace cloudsync {

namespace {

constexpr std::size_t kRowsPerPage = 4096;

class BaseScan final : public BaseStream {
 public:
  BaseScan(std::unique_ptr<StateReader> reader, SpaceId space)
      : reader_(std::move(reader)), space_(space) {}

  Task<Result<BaseBatch>> next(CancelToken cancel) override {
    if (cancel.cancelled()) co_return Error{ErrorKind::cancelled, "the scan was stopped", "", 0};
    Result<BaseBatch> page = reader_->page(space_, after_, "", kRowsPerPage);
    if (page.ok() && !page->empty()) after_ = page->entries().back().key;
    co_return page;
  }

 private:
  std::unique_ptr<StateReader> reader_;
  SpaceId space_;
  std::string after_;
};

}  // namespace

std::unique_ptr<BaseStream> scanBase(std::unique_ptr<StateReader> reader, SpaceId space) {
  return std::make_unique<BaseScan>(std::move(reader), space);
}

}  // namespace cloudsync
