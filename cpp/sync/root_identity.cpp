#include "sync/root_identity.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/root_marker.h"
#include "sync/safety.h"
#include "transfer/file_source.h"

namespace cloudsync {

namespace {

constexpr std::string_view kMarkerHead = "cloudsync remote 1\nid: ";
constexpr ByteCount kLongestMarker = 4096;
constexpr int kPatienceWithOthers = 4;  // times what our own write took

RelPath markerPath() { return RelPath::trusted(std::string(kReservedName) + "/root"); }

Error halted(std::string why, const SyncContext& context) {
  return Error{ErrorKind::halted, std::move(why), context.spaceName, 0};
}

class TextSink final : public ByteSink {
 public:
  Status write(ByteCount, std::span<const std::uint8_t> bytes) override {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return Status();
  }
  std::string text;
};

// "" when the remote has no marker.
Task<Result<std::string>> readRemoteId(TransferPlace place, CancelToken cancel) {
  RelPath path = markerPath();
  Result<ObjectInfo> info = co_await place.remote.stat(path, cancel);
  if (!info.ok()) {
    if (info.error().kind == ErrorKind::notFound) co_return std::string();
    co_return info.error();
  }
  TextSink sink;
  ByteRange all{0, std::min(info->size, kLongestMarker)};
  Result<ObjectInfo> read = co_await place.remote.read(path, all, info->version, sink, cancel);
  if (!read.ok()) co_return read.error();
  std::string_view text = sink.text;
  if (!text.starts_with(kMarkerHead)) {
    co_return Error{ErrorKind::remoteFault, "the remote's marker .cloudsync/root does not read",
                    path.text(), 0};
  }
  text.remove_prefix(kMarkerHead.size());
  co_return std::string(text.substr(0, text.find('\n')));
}

// Another device may be first: then its marker is the one.
Task<Result<std::string>> makeRemoteId(TransferPlace place, CancelToken cancel) {
  std::string text(kMarkerHead);
  text += place.random.token();
  text += '\n';
  std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()),
                                      text.size());
  BufferSource source(bytes);
  WriteRequest request;
  request.size = bytes.size();
  request.sha256 = sha256Of(bytes);
  request.modifyTime = place.clock.wallTime();
  request.nonce = place.random.token();
  request.precondition = Precondition::absent();
  RelPath path = markerPath();
  SteadyTime began = place.clock.steadyTime();
  Result<ObjectInfo> written = co_await place.remote.write(path, source, request, cancel);
  if (!written.ok() && written.error().kind != ErrorKind::conflict) co_return written.error();
  if (!place.remote.features().conditionalWrites) {
    // Whoever looked in the same moment as we may still write its own over ours; the last one
    // stays.
    Duration took = place.clock.steadyTime() - began;
    bool waited = co_await place.scheduler.sleep(kPatienceWithOthers * took, cancel);
    if (!waited) co_return Error{ErrorKind::cancelled, "cancelled", "", 0};
  }
  co_return co_await readRemoteId(place, cancel);
}

Result<RootTrust> identifyLocal(const SyncContext& context, SpaceRow& row) {
  Folder& root = context.place.root;
  Result<std::optional<RootMarker>> found = readRootMarker(root);
  if (!found.ok()) return found.error();
  std::string problem = judgeLocalRoot({row.rootId, *found ? (*found)->id : ""});
  if (!problem.empty()) return halted(std::move(problem), context);
  if (row.rootId.empty()) {
    Result<RootMarker> made = createRootMarker(root, context.place.random);
    if (!made.ok()) return made.error();
    row.rootId = made->id;
    row.generation = made->generation;
    return RootTrust::full;
  }
  return (*found)->generation == row.generation ? RootTrust::full : RootTrust::unionOnly;
}

}  // namespace

Task<Result<RootTrust>> identifyRoots(SyncContext context, CancelToken cancel) {
  const TransferPlace& place = context.place;
  SpaceRow row;
  // Between rounds: a freeing raises the marker before it is remembered.
  Result<RootTrust> trust = context.placer.betweenRounds([&context, &row] {
    row = context.memory.read();
    return identifyLocal(context, row);
  });
  if (!trust.ok()) co_return trust.error();

  Result<std::string> remoteId = co_await readRemoteId(place, cancel);
  if (!remoteId.ok()) co_return remoteId.error();
  std::string problem = judgeRemoteRoot({row.remoteId, *remoteId});
  if (!problem.empty()) co_return halted(std::move(problem), context);
  const bool mayMark = context.policy.direction != Direction::download;
  if (remoteId->empty() && mayMark) {
    remoteId = co_await makeRemoteId(place, cancel);
    if (!remoteId.ok()) co_return remoteId.error();
  }
  row.remoteId = *remoteId;
  SpaceRow before = context.memory.read();
  if (row.rootId != before.rootId || row.remoteId != before.remoteId) {
    Status saved = context.memory.update([&row](SpaceRow& remembered) {
      if (remembered.rootId.empty()) remembered.generation = row.generation;
      remembered.rootId = row.rootId;
      remembered.remoteId = row.remoteId;
    });
    if (!saved.ok()) co_return saved.error();
  }
  co_return trust;
}

Status rememberGeneration(Folder& root, SpaceMemory& memory) {
  Result<std::optional<RootMarker>> marker = readRootMarker(root);
  if (!marker.ok()) return marker.error();
  if (!*marker || (*marker)->generation == memory.read().generation) return Status();
  std::uint64_t generation = (*marker)->generation;
  return memory.update([generation](SpaceRow& row) { row.generation = generation; });
}

}  // namespace cloudsync
