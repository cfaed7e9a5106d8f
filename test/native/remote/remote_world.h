#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/scheduler.h"
#include "base/spawn.h"
#include "fs/file_system.h"
#include "remote/remote.h"

namespace cloudsync {

// A remote for one test, empty at first, and the scheduler it runs on. A new kind of remote joins
// the contract suite by one more row in remoteRows().
class RemoteWorld {
 public:
  virtual ~RemoteWorld() = default;

  virtual Scheduler& scheduler() = 0;
  // One more Remote object on the same place, as another process would have it.
  virtual std::unique_ptr<Remote> open() = 0;
  // The directory that is the remote, to meddle with it behind its back. Nothing for other kinds.
  virtual Folder* directory() { return nullptr; }
  virtual void makeLink(std::string_view path, std::string_view target) {
    (void)path, (void)target;
  }
  virtual void makeFifo(std::string_view path) { (void)path; }
  virtual void removeDirectory() {}  // with everything in it, as a disk that goes away
  virtual Random& random() = 0;

  // Runs `task` to its end.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    runToEnd(detail::storeInto(std::move(task), out));
    return std::move(*out);
  }
  void run(Task<void> task) { runToEnd(std::move(task)); }

 private:
  virtual void runToEnd(Task<void> task) = 0;
};

struct RemoteRow {
  std::string name;
  std::function<std::unique_ptr<RemoteWorld>()> make;
};

// "url" is among them when CLOUDSYNC_REMOTE_URL is set: every test works below a prefix of its own.
std::vector<RemoteRow> remoteRows();
// Those that are directories.
std::vector<RemoteRow> directoryRows();

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  ByteCount size() const override { return text_.size(); }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override;

 private:
  std::string text_;
};

class TextSink final : public ByteSink {
 public:
  Status write(ByteCount offset, std::span<const std::uint8_t> bytes) override;

  std::string text;
  std::optional<ByteCount> begin;  // offset of the first piece
  std::function<void()> afterPiece;
};

Sha256 sha256OfText(std::string_view text);
std::string textOf(std::size_t size, std::uint64_t seed);  // any bytes, the same for a seed
RelPath at(std::string_view path);

// A remote with its waiting taken out, in the words of the tests.
class RemoteUser {
 public:
  explicit RemoteUser(RemoteWorld& world) : world_(world), remote_(world.open()) {}

  Remote& remote() { return *remote_; }
  RemoteWorld& world() { return world_; }

  WriteRequest requestFor(std::string_view text, Precondition precondition = {});
  Result<ObjectInfo> write(std::string_view path, std::string_view text,
                           Precondition precondition = {});
  Result<ObjectInfo> writeAs(std::string_view path, std::string_view text, WriteRequest request);
  Result<ObjectInfo> stat(std::string_view path);
  Result<std::string> read(std::string_view path);  // the whole of what stat finds
  Result<std::string> read(std::string_view path, ByteRange range, ObjectVersion expected);
  Status remove(std::string_view path, Precondition precondition = {});
  Status makeDirectory(std::string_view path);
  Status removeDirectory(std::string_view path);
  Result<std::vector<std::string>> keys(std::string_view prefix = {});
  Result<std::vector<VersionInfo>> versions(std::string_view path);

  Result<UploadId> beginUpload(std::string_view path, WriteRequest request);
  Result<PartReceipt> uploadPart(std::string_view path, UploadId upload, std::uint32_t number,
                                 ByteRange range, std::string_view whole);
  Result<std::vector<PartReceipt>> receivedParts(std::string_view path, UploadId upload,
                                                 std::vector<PartRequest> parts);
  Result<ObjectInfo> finishUpload(std::string_view path, UploadId upload,
                                  std::vector<PartReceipt> parts, WriteRequest request);
  Status abortUpload(std::string_view path, UploadId upload);

 private:
  RemoteWorld& world_;
  std::unique_ptr<Remote> remote_;
};

// "ok", or the name of the error's kind: reads well in a failed expectation.
template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(nameOf(result.error().kind));
}

}  // namespace cloudsync
