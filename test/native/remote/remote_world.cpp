#include "remote_world.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "base/pool_scheduler.h"
#include "fs/posix_file_system.h"
#include "net/curl_transport.h"
#include "remote/directory/directory_remote.h"
#include "remote/open.h"
#include "sim_s3_world.h"
#include "sim_world.h"

namespace cloudsync {

namespace {

class TemporaryPlace {
 public:
  TemporaryPlace() {
    std::string pattern = std::filesystem::temp_directory_path() / "cloudsync-remote-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }
  ~TemporaryPlace() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryPlace(const TemporaryPlace&) = delete;
  TemporaryPlace& operator=(const TemporaryPlace&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class PosixWorld final : public RemoteWorld {
 public:
  PosixWorld() : folder_(std::move(files_.openRoot(place_.path())).value()) {}
  Scheduler& scheduler() override { return scheduler_; }
  Random& random() override { return random_; }
  Folder* directory() override { return folder_.get(); }
  std::unique_ptr<Remote> open() override {
    return makeDirectoryRemote(files_, scheduler_, clock_, random_, place_.path());
  }
  void makeLink(std::string_view path, std::string_view target) override {
    std::filesystem::create_symlink(target, inPlace(path));
  }
  void makeFifo(std::string_view path) override {
    if (::mkfifo(inPlace(path).c_str(), 0600) != 0) throw std::runtime_error("no FIFO");
  }
  void removeDirectory() override { std::filesystem::remove_all(place_.path()); }

 private:
  std::string inPlace(std::string_view path) const {
    return place_.path() + "/" + std::string(path);
  }

  void runToEnd(Task<void> task) override {
    std::promise<void> ended;
    spawn(scheduler_, Lane::transfer, std::move(task), [&ended](std::exception_ptr failure) {
      failure ? ended.set_exception(failure) : ended.set_value();
    });
    ended.get_future().get();
  }

  TemporaryPlace place_;
  SystemClock clock_;
  SystemRandom random_;
  PosixFileSystem files_;
  std::unique_ptr<Folder> folder_;
  PoolScheduler scheduler_{clock_, {.transfer = 8, .background = 2}};
};

// A real remote that somebody started for us.
class UrlWorld final : public RemoteWorld {
 public:
  explicit UrlWorld(std::string url) {
    std::size_t query = std::min(url.find('?'), url.size());
    url_ = url.substr(0, query) + "/contract-" + random_.token() + url.substr(query);
    Result<std::string> path = pathOfFileUrl(url_);
    if (path && !files_.makeRoot(*path)) throw std::runtime_error("cannot make " + *path);
  }
  Scheduler& scheduler() override { return scheduler_; }
  Random& random() override { return random_; }
  std::unique_ptr<Remote> open() override {
    RemoteNeeds needs{files_, scheduler_, clock_, random_, http_};
    Result<std::unique_ptr<Remote>> remote = openRemote(url_, {}, needs);
    if (!remote) throw std::runtime_error(remote.error().message);
    // Some learn only now what the other side can do.
    Status ready = run((*remote)->check(CancelToken()));
    if (!ready) throw std::runtime_error(ready.error().message);
    return std::move(*remote);
  }

 private:
  void runToEnd(Task<void> task) override {
    std::promise<void> ended;
    spawn(scheduler_, Lane::transfer, std::move(task), [&ended](std::exception_ptr failure) {
      failure ? ended.set_exception(failure) : ended.set_value();
    });
    ended.get_future().get();
  }

  SystemClock clock_;
  SystemRandom random_;
  PosixFileSystem files_;
  PoolScheduler scheduler_{clock_, {.transfer = 8, .background = 2}};
  CurlTransport http_{scheduler_, {}};
  std::string url_;
};

Task<Result<std::vector<std::string>>> collectKeys(Remote& remote, RelPath prefix) {
  std::unique_ptr<RemoteStream> entries = remote.list(prefix);
  std::vector<std::string> keys;
  while (true) {
    Task<Result<RemoteBatch>> pulling = entries->next(CancelToken());
    Result<RemoteBatch> batch = co_await pulling;
    if (!batch) co_return batch.error();
    if (batch->empty()) co_return keys;
    for (const Entry<RemoteFacts>& entry : batch->entries()) keys.emplace_back(entry.key);
  }
}

}  // namespace

std::vector<RemoteRow> directoryRows() {
  return {{"directory_posix", [] { return std::make_unique<PosixWorld>(); }},
          {"directory_simulated", [] { return std::make_unique<SimWorld>(); }}};
}

std::vector<RemoteRow> remoteRows() {
  std::vector<RemoteRow> rows = directoryRows();
  SimS3::Options versioned;
  versioned.versioned = true;
  SimS3::Options ceph;
  ceph.bareIfMatch = true;
  SimS3::Options swift;
  swift.conditions = false;
  for (auto& [name, options] :
       {std::pair("s3_simulated", versioned), std::pair("s3_like_ceph", ceph),
        std::pair("s3_like_swift", swift)}) {
    rows.push_back({name, [options] { return std::make_unique<SimS3World>(options); }});
  }
  if (const char* url = ::getenv("CLOUDSYNC_REMOTE_URL")) {
    rows.push_back(
        {"url", [where = std::string(url)] { return std::make_unique<UrlWorld>(where); }});
  }
  return rows;
}

Status TextSource::readAt(ByteCount offset, std::span<std::uint8_t> into) {
  if (offset + into.size() > text_.size()) {
    return Error{ErrorKind::changed, "the source became shorter", "", 0};
  }
  std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
  return {};
}

Status TextSink::write(ByteCount offset, std::span<const std::uint8_t> bytes) {
  if (!begin) begin = offset;
  text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (afterPiece) afterPiece();
  return {};
}

Sha256 sha256OfText(std::string_view text) {
  return sha256Of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string textOf(std::size_t size, std::uint64_t seed) {
  SeededRandom random(seed);
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t word = random.next();
    std::copy_n(reinterpret_cast<const char*>(&word), std::min<std::size_t>(8, size - i),
                text.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return text;
}

RelPath at(std::string_view path) { return RelPath::trusted(std::string(path)); }

WriteRequest RemoteUser::requestFor(std::string_view text, Precondition precondition) {
  WriteRequest request;
  request.size = text.size();
  request.sha256 = sha256OfText(text);
  request.modifyTime = 1'600'000'000'123'000'000;
  request.nonce = world_.random().token();
  request.precondition = std::move(precondition);
  return request;
}

Result<ObjectInfo> RemoteUser::write(std::string_view path, std::string_view text,
                                     Precondition precondition) {
  return writeAs(path, text, requestFor(text, std::move(precondition)));
}

Result<ObjectInfo> RemoteUser::writeAs(std::string_view path, std::string_view text,
                                       WriteRequest request) {
  TextSource source{std::string(text)};
  return world_.run(remote_->write(at(path), source, std::move(request), CancelToken()));
}

Result<ObjectInfo> RemoteUser::stat(std::string_view path) {
  return world_.run(remote_->stat(at(path), CancelToken()));
}

Result<std::string> RemoteUser::read(std::string_view path) {
  Result<ObjectInfo> info = stat(path);
  if (!info) return info.error();
  return read(path, {0, info->size}, info->version);
}

Result<std::string> RemoteUser::read(std::string_view path, ByteRange range,
                                     ObjectVersion expected) {
  TextSink sink;
  Result<ObjectInfo> done =
      world_.run(remote_->read(at(path), range, std::move(expected), sink, CancelToken()));
  if (!done) return done.error();
  return sink.text;
}

Status RemoteUser::remove(std::string_view path, Precondition precondition) {
  return world_.run(remote_->remove(at(path), std::move(precondition), CancelToken()));
}

Status RemoteUser::makeDirectory(std::string_view path) {
  return world_.run(remote_->makeDirectory(at(path), CancelToken()));
}

Status RemoteUser::removeDirectory(std::string_view path) {
  return world_.run(remote_->removeDirectory(at(path), CancelToken()));
}

Result<std::vector<std::string>> RemoteUser::keys(std::string_view prefix) {
  return world_.run(collectKeys(*remote_, at(prefix)));
}

Result<std::vector<VersionInfo>> RemoteUser::versions(std::string_view path) {
  return world_.run(remote_->versions(at(path), CancelToken()));
}

Result<UploadId> RemoteUser::beginUpload(std::string_view path, WriteRequest request) {
  return world_.run(remote_->beginUpload(at(path), std::move(request), CancelToken()));
}

Result<PartReceipt> RemoteUser::uploadPart(std::string_view path, UploadId upload,
                                           std::uint32_t number, ByteRange range,
                                           std::string_view whole) {
  TextSource source{std::string(whole)};
  PartRequest part{number, range, sha256OfText(whole.substr(range.begin, range.size()))};
  return world_.run(remote_->uploadPart(at(path), std::move(upload), part, source, CancelToken()));
}

Result<std::vector<PartReceipt>> RemoteUser::receivedParts(std::string_view path, UploadId upload,
                                                           std::vector<PartRequest> parts) {
  return world_.run(
      remote_->receivedParts(at(path), std::move(upload), std::move(parts), CancelToken()));
}

Result<ObjectInfo> RemoteUser::finishUpload(std::string_view path, UploadId upload,
                                            std::vector<PartReceipt> parts, WriteRequest request) {
  return world_.run(remote_->finishUpload(at(path), std::move(upload), std::move(parts),
                                          std::move(request), CancelToken()));
}

Status RemoteUser::abortUpload(std::string_view path, UploadId upload) {
  return world_.run(remote_->abortUpload(at(path), std::move(upload), CancelToken()));
}

}  // namespace cloudsync
