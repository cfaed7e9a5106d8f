#include "remote/read_only.h"

#include <utility>

namespace cloudsync {

namespace {

Error refusal(const RelPath& path) {
  return Error{ErrorKind::notPermitted,
               "the space has direction 'download': nothing is written to its cloud", path.text(),
               0};
}

class ReadOnlyRemote final : public Remote {
 public:
  explicit ReadOnlyRemote(std::unique_ptr<Remote> remote) : remote_(std::move(remote)) {}

  const Features& features() const override { return remote_->features(); }
  Task<Status> check(CancelToken cancel) override { return remote_->check(std::move(cancel)); }
  std::unique_ptr<RemoteStream> list(RelPath prefix) override {
    return remote_->list(std::move(prefix));
  }
  Task<Result<ObjectInfo>> stat(RelPath path, CancelToken cancel) override {
    return remote_->stat(std::move(path), std::move(cancel));
  }
  Task<Result<ObjectInfo>> read(RelPath path, ByteRange range, ObjectVersion expected,
                                ByteSink& sink, CancelToken cancel) override {
    return remote_->read(std::move(path), range, std::move(expected), sink, std::move(cancel));
  }
  Task<Result<std::vector<VersionInfo>>> versions(RelPath path, CancelToken cancel) override {
    return remote_->versions(std::move(path), std::move(cancel));
  }

  Task<Result<ObjectInfo>> write(RelPath path, ByteSource&, WriteRequest, CancelToken) override {
    co_return refusal(path);
  }
  Task<Result<UploadId>> beginUpload(RelPath path, WriteRequest, CancelToken) override {
    co_return refusal(path);
  }
  Task<Result<PartReceipt>> uploadPart(RelPath path, UploadId, PartRequest, ByteSource&,
                                       CancelToken) override {
    co_return refusal(path);
  }
  Task<Result<ObjectInfo>> finishUpload(RelPath path, UploadId, std::vector<PartReceipt>,
                                        WriteRequest, CancelToken) override {
    co_return refusal(path);
  }
  Task<Status> abortUpload(RelPath path, UploadId, CancelToken) override {
    co_return refusal(path);
  }
  Task<Status> remove(RelPath path, Precondition, CancelToken) override { co_return refusal(path); }
  Task<Result<ObjectInfo>> move(RelPath, RelPath to, MoveRequest, CancelToken) override {
    co_return refusal(to);
  }
  Task<Status> makeDirectory(RelPath path, CancelToken) override { co_return refusal(path); }
  Task<Status> removeDirectory(RelPath path, CancelToken) override { co_return refusal(path); }

 private:
  const std::unique_ptr<Remote> remote_;
};

}  // namespace

std::unique_ptr<Remote> readOnly(std::unique_ptr<Remote> remote) {
  return std::make_unique<ReadOnlyRemote>(std::move(remote));
}

}  // namespace cloudsync
