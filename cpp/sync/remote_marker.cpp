#include "sync/remote_marker.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <utility>

#include "transfer/file_source.h"

namespace cloudsync {

namespace {

constexpr std::string_view kHead = "cloudsync remote 1\n";
constexpr std::string_view kId = "id: ";
constexpr std::string_view kEpoch = "epoch: ";
constexpr ByteCount kLongestMarker = 16 * 1024;
// A device that was away for more runs of others than that cannot tell a restored remote.
constexpr std::size_t kMostEpochs = 64;
constexpr std::size_t kTokenDigits = 16;
constexpr int kPatienceWithOthers = 4;  // times what our own write took
constexpr int kAttempts = 5;

RelPath markerPath() { return RelPath::trusted(std::string(kReservedName) + "/root"); }

class TextSink final : public ByteSink {
 public:
  Status write(ByteCount, std::span<const std::uint8_t> bytes) override {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return Status();
  }
  std::string text;
};

std::optional<RemoteEpoch> parseEpoch(std::string_view line) {
  RemoteEpoch epoch;
  const char* end = line.data() + line.size();
  std::from_chars_result read = std::from_chars(line.data(), end, epoch.number);
  bool separated = read.ec == std::errc() && read.ptr != end && *read.ptr == ' ';
  if (!separated) return std::nullopt;
  epoch.token = std::string(read.ptr + 1, end);
  return epoch;
}

Task<Result<ObjectInfo>> writeMarker(TransferPlace place, std::string text,
                                     Precondition precondition, CancelToken cancel) {
  std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()),
                                      text.size());
  BufferSource source(bytes);
  WriteRequest request;
  request.size = bytes.size();
  request.sha256 = sha256Of(bytes);
  request.modifyTime = place.clock.wallTime();
  request.nonce = place.random.token();
  request.precondition = std::move(precondition);
  Task<Result<ObjectInfo>> writing =
      place.remote.write(markerPath(), source, std::move(request), std::move(cancel));
  co_return co_await writing;
}

Error another() {
  return Error{ErrorKind::halted, "the remote's marker .cloudsync/root was replaced meanwhile",
               markerPath().text(), 0};
}

}  // namespace

std::optional<RemoteMarker> parseRemoteMarker(std::string_view text) {
  if (!text.starts_with(kHead)) return std::nullopt;
  text.remove_prefix(kHead.size());
  RemoteMarker marker;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with(kId)) {
      marker.id = std::string(line.substr(kId.size()));
    } else if (line.starts_with(kEpoch)) {
      std::optional<RemoteEpoch> epoch = parseEpoch(line.substr(kEpoch.size()));
      if (epoch) marker.epochs.push_back(std::move(*epoch));
    }
  }
  if (marker.id.empty()) return std::nullopt;
  return marker;
}

std::string describeRemoteMarker(const RemoteMarker& marker) {
  std::string text(kHead);
  text.append(kId).append(marker.id).append("\n");
  for (const RemoteEpoch& epoch : marker.epochs) {
    text.append(kEpoch).append(std::to_string(epoch.number)).append(" ");
    text.append(epoch.token).append("\n");
  }
  return text;
}

Task<Result<std::optional<RemoteMarker>>> readRemoteMarker(TransferPlace place,
                                                           CancelToken cancel) {
  // A run of another device may replace it between the two questions.
  Error failure = another();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Task<Result<ObjectInfo>> looking = place.remote.stat(markerPath(), cancel);
    Result<ObjectInfo> info = co_await looking;
    if (!info.ok()) {
      if (info.error().kind == ErrorKind::notFound) co_return std::optional<RemoteMarker>();
      co_return info.error();
    }
    TextSink sink;
    ByteRange all{0, std::min(info->size, kLongestMarker)};
    Task<Result<ObjectInfo>> reading =
        place.remote.read(markerPath(), all, info->version, sink, cancel);
    Result<ObjectInfo> read = co_await reading;
    if (!read.ok()) {
      failure = read.error();
      bool replaced = failure.kind == ErrorKind::conflict || failure.kind == ErrorKind::notFound;
      if (replaced) continue;
      co_return failure;
    }
    std::optional<RemoteMarker> marker = parseRemoteMarker(sink.text);
    if (!marker) {
      co_return Error{ErrorKind::remoteFault, "the remote's marker .cloudsync/root does not read",
                      markerPath().text(), 0};
    }
    marker->version = info->version;
    co_return marker;
  }
  co_return failure;
}

Task<Result<RemoteMarker>> makeRemoteMarker(TransferPlace place, CancelToken cancel) {
  RemoteMarker fresh;
  fresh.id = place.random.token();
  SteadyTime began = place.clock.steadyTime();
  std::string text = describeRemoteMarker(fresh);
  Task<Result<ObjectInfo>> writing =
      writeMarker(place, std::move(text), Precondition::absent(), cancel);
  Result<ObjectInfo> written = co_await writing;
  if (!written.ok() && written.error().kind != ErrorKind::conflict) co_return written.error();
  if (!place.remote.features().conditionalWrites) {
    // Whoever looked in the same moment as we may still write its own over ours; the last one
    // stays.
    Duration took = place.clock.steadyTime() - began;
    bool waited = co_await place.scheduler.sleep(kPatienceWithOthers * took, cancel);
    if (!waited) co_return Error{ErrorKind::cancelled, "cancelled", "", 0};
  }
  Result<std::optional<RemoteMarker>> marker = co_await readRemoteMarker(place, cancel);
  if (!marker.ok()) co_return marker.error();
  if (!*marker) co_return another();
  co_return std::move(**marker);
}

Task<Result<RemoteEpoch>> raiseRemoteEpoch(TransferPlace place, std::string id,
                                           CancelToken cancel) {
  Error failure = another();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<std::optional<RemoteMarker>> found = co_await readRemoteMarker(place, cancel);
    if (!found.ok()) co_return found.error();
    if (!*found || (*found)->id != id) co_return another();
    RemoteMarker marker = std::move(**found);
    RemoteEpoch next{marker.newest().number + 1, place.random.token().substr(0, kTokenDigits)};
    marker.epochs.insert(marker.epochs.begin(), next);
    if (marker.epochs.size() > kMostEpochs) marker.epochs.resize(kMostEpochs);
    std::string text = describeRemoteMarker(marker);
    Task<Result<ObjectInfo>> writing =
        writeMarker(place, std::move(text), Precondition::matches(marker.version), cancel);
    Result<ObjectInfo> written = co_await writing;
    if (written.ok()) co_return next;
    failure = written.error();
    if (failure.kind != ErrorKind::conflict) co_return failure;
  }
  co_return failure;
}

}  // namespace cloudsync
