#include "remote/s3/ranged_read.h"

#include <optional>
#include <string_view>
#include <utility>

#include "net/retry_policy.h"
#include "remote/s3/answers.h"
#include "remote/s3/metadata.h"

namespace cloudsync {

namespace {

// Less than that is no progress: a byte per connection would go on for ever.
constexpr ByteCount kProgress = 64 * 1024;

std::string rangeText(ByteRange range) {
  return std::to_string(range.begin) + "-" + std::to_string(range.end - 1);
}

// Checks that the answer is what was asked for before a byte of it is believed.
class RangeSink final : public BodySink {
 public:
  RangeSink(ByteSink& sink, ByteRange range, const ObjectVersion& expected, std::string_view key)
      : sink_(sink), left_(range), expected_(expected), key_(key) {}

  // What is still to come.
  ByteRange left() const { return left_; }
  const std::optional<ObjectInfo>& info() const { return info_; }
  bool isWhole() const { return info_ && left_.size() == 0 && !overrun_; }

  Status begin(const HttpResponse& head) override {
    Result<ObjectInfo> told = objectInfoOf(head, key_);
    if (!told) return told.error();
    if (told->version != expected_) return fault(ErrorKind::conflict, "is another one by now");
    if (left_.end > told->size) {
      return fault(ErrorKind::invalidArgument, "is shorter than the range that was asked for");
    }
    bool whole = left_.begin == 0 && left_.end == told->size;
    std::string wanted = "bytes " + rangeText(left_) + "/";
    std::optional<std::string_view> range = head.headers.find("Content-Range");
    bool asAsked = head.status == 206 ? range && range->starts_with(wanted) : whole;
    if (!asAsked) return fault(ErrorKind::remoteFault, "came in another range than asked for");
    info_ = std::move(*told);
    return {};
  }

  Status write(std::span<const std::uint8_t> bytes) override {
    if (bytes.size() > left_.size()) return tooLong();
    Status written = sink_.write(left_.begin, bytes);
    if (written) left_.begin += bytes.size();
    return written;
  }
  Status take(Buffer& buffer, std::size_t size) override {
    if (size > left_.size()) return tooLong();
    Status taken = sink_.take(left_.begin, buffer, size);
    if (taken) left_.begin += size;
    return taken;
  }

 private:
  Error fault(ErrorKind kind, std::string_view what) const {
    return Error{kind, "the object " + std::string(what), std::string(key_), 0};
  }

  Error tooLong() {
    overrun_ = true;
    return fault(ErrorKind::remoteFault, "is longer than the server said");
  }

  ByteSink& sink_;
  ByteRange left_;
  const ObjectVersion& expected_;
  const std::string_view key_;
  std::optional<ObjectInfo> info_;
  bool overrun_ = false;  // which of the bytes are the right ones, nobody knows
};

}  // namespace

Task<Result<ObjectInfo>> readRange(S3Client& client, std::string key, ByteRange range,
                                   ObjectVersion expected, ByteSink& sink, CancelToken cancel) {
  RangeSink rest(sink, range, expected, key);
  RetryState state;
  while (true) {
    const ByteCount before = rest.left().begin;
    S3Request request;
    request.key = key;
    request.subject = key;
    request.headers.add("Range", "bytes=" + rangeText(rest.left()));
    request.headers.add("If-Match", "\"" + expected.text + "\"");
    Task<Result<HttpResponse>> sending = client.send(std::move(request), nullptr, &rest, cancel);
    Result<HttpResponse> answer = co_await sending;
    if (rest.isWhole()) co_return *rest.info();
    Error error =
        answer ? Error{ErrorKind::network, "the answer ended too early", key, 0} : answer.error();
    // Whoever makes progress may go on: the limit is for a server that gives nothing.
    if (rest.left().begin - before >= kProgress) state = RetryState();
    ++state.failed;
    std::optional<Duration> delay =
        retryDelay(RetryLimits(), state, troubleOf(error), std::nullopt, client.random().next());
    // An answer that never began was sent again often enough by the client.
    if (!delay || rest.left().begin == before) co_return error;
    bool slept = co_await client.scheduler().sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", key, 0};
  }
}

}  // namespace cloudsync
