#include "remote/s3/listing.h"

#include <optional>
#include <string>
#include <utility>

#include "net/retry_policy.h"
#include "remote/s3/entries.h"
#include "remote/s3/key_ranges.h"
#include "remote/s3/list_pages.h"

namespace cloudsync {

namespace {

constexpr std::string_view kLastCharacter = "\xf4\x8f\xbf\xbf";  // of Unicode
// Swift's lists may be some moments behind its objects.
constexpr std::uint32_t kLooksForMarker = 5;

class S3Listing final : public RemoteStream {
 public:
  S3Listing(S3Client& client, S3Objects& objects, RelPath below)
      : client_(client),
        objects_(objects),
        root_(objects.keyOf(RelPath())),
        prefix_(below.isRoot() ? root_ : objects.keyOf(below) + "/"),
        ours_(root_ + std::string(kReservedName) + "/"),
        markerKey_(ours_ + "root"),
        needsMarker_(below.isRoot()),
        ended_(prefix_ == ours_),
        pages_(client, prefix_),
        entries_(root_, prefix_.substr(root_.size())) {}

  Task<Result<RemoteBatch>> next(CancelToken cancel) override {
    RemoteBatch batch;
    while (true) {
      while (batch.empty() && !ended_) {
        Task<Result<S3PageStream::Piece>> pulling = pages_.next(cancel);
        Result<S3PageStream::Piece> piece = co_await pulling;
        if (!piece) co_return piece.error();
        ended_ = piece->isEnd();
        take(piece->page, batch);
        if (piece->hole) entries_.addHole(piece->hole->after, piece->hole->until, batch);
      }
      delivered_ = delivered_ || !batch.empty();
      if (!batch.empty() || !needsMarker_) co_return batch;
      Task<Result<bool>> proving = isBehind(cancel);
      Result<bool> behind = co_await proving;
      if (!behind) co_return behind.error();
      if (*behind) startOver();
    }
  }

 private:
  void take(const S3PageStream::Page& page, RemoteBatch& batch) {
    for (const S3Object& object : page) {
      if (object.key == markerKey_) needsMarker_ = false;
      if (object.key != prefix_) entries_.add(object, batch);
    }
    // Behind the marker our own name holds trash only, perhaps a lot of it.
    bool inTrash =
        !page.empty() && page.back().key.starts_with(ours_) && page.back().key >= markerKey_;
    if (inTrash) pages_.passOver(ours_ + std::string(kLastCharacter));
  }

  // The list did not show the marker. Is there none, or was the list behind the objects, and has
  // caught up before anybody believed it?
  Task<Result<bool>> isBehind(CancelToken cancel) {
    RelPath marker = RelPath::trusted(std::string(kReservedName) + "/root");
    RetryState state;
    while (true) {
      Task<Result<ObjectInfo>> looking = objects_.stat(marker, cancel);
      Result<ObjectInfo> info = co_await looking;
      if (!info && info.error().kind == ErrorKind::notFound) {
        needsMarker_ = false;
        co_return false;
      }
      if (!info) co_return info.error();
      Task<Result<S3Page>> listing = listPage(client_, {markerKey_, "", 1, Depth::all}, cancel);
      Result<S3Page> page = co_await listing;
      if (!page) co_return page.error();
      bool shown = !page->objects.empty() && page->objects.front().key == markerKey_;
      if (shown && !delivered_ && ++restarts_ < kLooksForMarker) co_return true;
      ++state.failed;
      RetryLimits limits;
      limits.attempts = kLooksForMarker;
      std::optional<Duration> delay =
          retryDelay(limits, state, Trouble::transient, std::nullopt, client_.random().next());
      if (shown || !delay) co_return incomplete();
      bool slept = co_await client_.scheduler().sleep(*delay, cancel);
      if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", "", 0};
    }
  }

  void startOver() {
    ended_ = false;
    pages_ = S3PageStream(client_, prefix_);
    entries_ = S3Entries(root_, prefix_.substr(root_.size()));
  }

  Error incomplete() const {
    return Error{ErrorKind::remoteFault,
                 "the S3 server's listing leaves out " + markerKey_ +
                     ", which is there: it is not complete, and nothing is deleted for it; sync "
                     "again later",
                 markerKey_, 0};
  }

  S3Client& client_;
  S3Objects& objects_;
  const std::string root_;
  const std::string prefix_;
  const std::string ours_;
  const std::string markerKey_;
  bool needsMarker_;
  bool ended_;
  S3PageStream pages_;
  bool delivered_ = false;  // anything: then it is too late to start over
  std::uint32_t restarts_ = 0;
  S3Entries entries_;
};

}  // namespace

std::unique_ptr<RemoteStream> listS3(S3Client& client, S3Objects& objects, RelPath below) {
  return std::make_unique<S3Listing>(client, objects, std::move(below));
}

}  // namespace cloudsync
