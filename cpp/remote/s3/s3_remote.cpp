#include "remote/s3/s3_remote.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "net/environment.h"
#include "remote/s3/answers.h"
#include "remote/s3/client.h"
#include "remote/s3/credentials.h"
#include "remote/s3/directories.h"
#include "remote/s3/endpoint.h"
#include "remote/s3/list_pages.h"
#include "remote/s3/listing.h"
#include "remote/s3/location.h"
#include "remote/s3/moves.h"
#include "remote/s3/objects.h"
#include "remote/s3/removal.h"
#include "remote/s3/restoring.h"
#include "remote/s3/trash.h"
#include "remote/s3/uploads.h"
#include "remote/s3/versions.h"

namespace cloudsync {

namespace {

constexpr ByteCount kMiB = 1u << 20;
constexpr ByteCount kGiB = 1u << 30;
// Whoever calls check() waits for it: a server that is down is told of soon.
constexpr std::uint32_t kAttemptsOfCheck = 3;

Error cancelledError() { return Error{ErrorKind::cancelled, "cancelled", "", 0}; }

class S3Remote final : public Remote {
 public:
  S3Remote(S3Location location, std::unique_ptr<S3CredentialSource> credentials,
           S3Client::Needs needs)
      : client_(location, std::move(credentials), needs),
        endpoint_(client_, location.prefix),
        objects_(client_, endpoint_, location.prefix),
        uploads_(client_, endpoint_, objects_),
        removal_(client_, objects_),
        moves_(client_, objects_, uploads_),
        restoring_(client_, objects_, moves_) {
    unchecked_.needsUtf8 = true;
    unchecked_.smallestPart = 5 * kMiB;
    unchecked_.largestPart = 5 * kGiB;
    unchecked_.mostParts = 10'000;
    unchecked_.usualParts = 1'000;  // Swift's limit; of 5 GiB each, they are not quite 5 TiB
    unchecked_.largestWrite = 5 * kGiB;
    unchecked_.longestPath = kLongestKey - location.prefix.size();
  }

  const Features& features() const override {
    return isChecked_.load(std::memory_order_acquire) ? checked_ : unchecked_;
  }
  Task<Status> check(CancelToken cancel) override;
  std::unique_ptr<RemoteStream> list(RelPath prefix) override {
    return listS3(client_, objects_, std::move(prefix));
  }
  Task<Result<ObjectInfo>> stat(RelPath path, CancelToken cancel) override {
    return objects_.stat(std::move(path), std::move(cancel));
  }
  Task<Result<ObjectInfo>> read(RelPath path, ByteRange range, ObjectVersion expected,
                                ByteSink& sink, CancelToken cancel) override {
    return objects_.read(std::move(path), range, std::move(expected), sink, std::move(cancel));
  }
  Task<Result<ObjectInfo>> write(RelPath path, ByteSource& source, WriteRequest request,
                                 CancelToken cancel) override {
    return objects_.write(std::move(path), source, std::move(request), std::move(cancel));
  }
  Task<Result<UploadId>> beginUpload(RelPath path, WriteRequest request,
                                     CancelToken cancel) override {
    return uploads_.begin(std::move(path), std::move(request), std::move(cancel));
  }
  Task<Result<PartReceipt>> uploadPart(RelPath path, UploadId upload, PartRequest part,
                                       ByteSource& source, CancelToken cancel) override {
    return uploads_.sendPart(std::move(path), std::move(upload), part, source, std::move(cancel));
  }
  Task<Result<std::vector<PartReceipt>>> receivedParts(RelPath path, UploadId upload,
                                                       std::vector<PartRequest> parts,
                                                       CancelToken cancel) override {
    return uploads_.received(std::move(path), std::move(upload), std::move(parts),
                             std::move(cancel));
  }
  Task<Result<ObjectInfo>> finishUpload(RelPath path, UploadId upload,
                                        std::vector<PartReceipt> parts, WriteRequest request,
                                        CancelToken cancel) override {
    return uploads_.finish(std::move(path), std::move(upload), std::move(parts), std::move(request),
                           std::move(cancel));
  }
  Task<Status> abortUpload(RelPath path, UploadId upload, CancelToken cancel) override {
    return uploads_.abort(std::move(path), std::move(upload), std::move(cancel));
  }
  Task<Status> remove(RelPath path, Precondition precondition, CancelToken cancel) override {
    return removal_.remove(std::move(path), std::move(precondition), std::move(cancel));
  }
  Task<Result<ObjectInfo>> move(RelPath from, RelPath to, MoveRequest request,
                                CancelToken cancel) override {
    return moves_.move(std::move(from), std::move(to), std::move(request), std::move(cancel));
  }
  Task<Status> makeDirectory(RelPath path, CancelToken cancel) override {
    return makeMarker(client_, objects_.keyOf(path) + "/", std::move(cancel));
  }
  Task<Status> removeDirectory(RelPath path, CancelToken cancel) override {
    return removeMarker(client_, objects_.keyOf(path) + "/", std::move(cancel));
  }
  Task<Result<std::vector<VersionInfo>>> versions(RelPath path, CancelToken cancel) override;
  Task<Result<TrashedPage>> trashed(std::string after, CancelToken cancel) override;
  Task<Result<ObjectInfo>> restore(RelPath path, std::string id, Precondition precondition,
                                   CancelToken cancel) override {
    return restoring_.restore(std::move(path), std::move(id), std::move(precondition),
                              std::move(cancel));
  }
  Task<Status> purge(Nanoseconds olderThan, CancelToken cancel) override {
    return purgeTrash(client_, objects_.keyOf(RelPath()), olderThan, std::move(cancel));
  }

 private:
  void remember(const S3Traits& traits);

  Features unchecked_;  // what is so on every server; constant
  std::once_flag once_;
  Features checked_;  // constant once isChecked_ says so
  std::atomic<bool> isChecked_{false};
  S3Client client_;
  S3Endpoint endpoint_;
  S3Objects objects_;
  S3Uploads uploads_;
  S3Removal removal_;
  S3Moves moves_;
  S3Restoring restoring_;
};

// A list of one key proves credentials, bucket, region and clock at once.
Task<Status> S3Remote::check(CancelToken cancel) {
  if (cancel.cancelled()) co_return cancelledError();
  S3Request request;
  request.subject = client_.location()->bucket;
  request.query = {{"list-type", "2"},
                   {"encoding-type", "url"},  // a key may hold what XML cannot
                   {"max-keys", "1"},
                   {"prefix", objects_.keyOf(RelPath())}};
  request.attempts = kAttemptsOfCheck;
  Task<Result<HttpResponse>> sending = client_.send(std::move(request), cancel);
  Result<HttpResponse> answer = co_await sending;
  Result<S3Page> page = answer ? parseListPage(answer->body) : Result<S3Page>(answer.error());
  if (!page) {
    Error error = page.error();
    bool transient = error.kind == ErrorKind::network || error.kind == ErrorKind::timeout ||
                     error.kind == ErrorKind::throttled || error.kind == ErrorKind::cancelled;
    // Whatever else a server has against the plainest of requests, a person must look at it.
    if (!transient) error.kind = ErrorKind::remoteNotReady;
    co_return error;
  }
  Task<Result<S3Traits>> asking = endpoint_.traits(std::move(cancel));
  Result<S3Traits> traits = co_await asking;
  if (!traits) co_return traits.error();
  if (traits->conditions.sure) remember(*traits);
  co_return Status();
}

void S3Remote::remember(const S3Traits& traits) {
  std::call_once(once_, [this, &traits] {
    checked_ = unchecked_;
    checked_.versions = traits.versioned;
    checked_.verifiesContent = traits.conditions.content;
    checked_.conditionalWrites =
        traits.conditions.absent && traits.conditions.match != S3Conditions::Match::ignored;
    isChecked_.store(true, std::memory_order_release);
  });
}

Task<Result<std::vector<VersionInfo>>> S3Remote::versions(RelPath path, CancelToken cancel) {
  Task<Result<S3Traits>> asking = endpoint_.traits(cancel);
  Result<S3Traits> traits = co_await asking;
  if (!traits) co_return traits.error();
  if (!traits->versioned) {
    co_return Error{ErrorKind::notSupported,
                    "the bucket keeps no versions; enable versioning to have them", path.text(), 0};
  }
  Task<Result<std::vector<VersionInfo>>> listing =
      listVersions(client_, objects_.keyOf(path), std::move(cancel));
  co_return co_await listing;
}

Task<Result<TrashedPage>> S3Remote::trashed(std::string after, CancelToken cancel) {
  Task<Result<S3Traits>> asking = endpoint_.traits(cancel);
  Result<S3Traits> traits = co_await asking;
  if (!traits) co_return traits.error();
  const auto bucket =
      traits->versioned ? S3Restoring::Bucket::versioned : S3Restoring::Bucket::plain;
  Task<Result<TrashedPage>> listing =
      restoring_.trashed(bucket, std::move(after), std::move(cancel));
  co_return co_await listing;
}

}  // namespace

Result<std::unique_ptr<Remote>> openS3(std::string_view url, const RemoteOptions& options,
                                       RemoteNeeds needs) {
  Result<S3Location> location = parseS3Location(url, options, systemEnvironment);
  if (!location) return location.error();
  if (!location->regionGiven) {
    std::optional<std::string> region = profileRegion(*location, systemEnvironment, needs.files);
    if (region) location = inRegion(std::move(*location), std::move(*region));
  }
  std::unique_ptr<S3CredentialSource> credentials =
      makeS3CredentialSource(*location, options, systemEnvironment, needs);
  return std::unique_ptr<Remote>(std::make_unique<S3Remote>(
      std::move(*location), std::move(credentials),
      S3Client::Needs{needs.http, needs.scheduler, needs.clock, needs.random}));
}

}  // namespace cloudsync
