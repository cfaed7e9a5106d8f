#include "remote/s3/metadata.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include "base/byte_count.h"
#include "net/http_date.h"
#include "net/url.h"
#include "remote/s3/answers.h"

namespace cloudsync {

namespace {

constexpr std::string_view kModifyTime = "x-amz-meta-mtime";
constexpr std::string_view kSha256 = "x-amz-meta-cloudsync-sha256";
constexpr std::string_view kNonce = "x-amz-meta-cloudsync-nonce";
constexpr std::string_view kBound = "x-amz-meta-cloudsync-bound";

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr std::size_t kFractionDigits = 9;

std::string formatSeconds(Nanoseconds time) {
  // Not by negating the whole: the smallest number has no opposite.
  std::uint64_t size =
      time < 0 ? 0 - static_cast<std::uint64_t>(time) : static_cast<std::uint64_t>(time);
  std::string fraction = std::to_string(size % kSecond);
  fraction.insert(0, kFractionDigits - fraction.size(), '0');
  fraction.resize(fraction.find_last_not_of('0') + 1);
  std::string text = (time < 0 ? "-" : "") + std::to_string(size / kSecond);
  return fraction.empty() ? text : text + "." + fraction;
}

std::optional<Nanoseconds> parseSeconds(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint32_t high = 0;
  std::uint64_t seconds = 0;
  const char* end = text.data() + text.size();
  auto [point, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || seconds > INT64_MAX / kSecond - 1) return std::nullopt;
  if (point != end) {
    std::string digits(point + 1, end);
    if (*point != '.' || digits.empty()) return std::nullopt;
    digits.resize(kFractionDigits, '0');
    auto [stopped, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), high);
    if (wrong != std::errc() || stopped != digits.data() + digits.size()) return std::nullopt;
  }
  auto size = static_cast<Nanoseconds>(seconds) * kSecond + high;
  return negative ? -size : size;
}

std::optional<ByteCount> sizeOf(const HttpResponse& answer) {
  if (std::optional<std::string_view> range = answer.headers.find("Content-Range")) {
    std::size_t slash = range->rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    return parseByteCount(range->substr(slash + 1));
  }
  std::optional<std::string_view> length = answer.headers.find("Content-Length");
  return length ? parseByteCount(*length) : std::nullopt;
}

std::string boundTo(ByteCount size, std::string_view modifyTime) {
  return std::to_string(size) + " " + std::string(modifyTime);
}

// Are hash and nonce about this content?
bool isBound(const HttpHeaders& headers, ByteCount size) {
  std::optional<std::string_view> bound = headers.find(kBound);
  std::optional<std::string_view> time = headers.find(kModifyTime);
  return bound && time && *bound == boundTo(size, *time);
}

Nanoseconds modifyTimeOf(const HttpHeaders& headers) {
  std::optional<Nanoseconds> time;
  if (std::optional<std::string_view> text = headers.find(kModifyTime)) time = parseSeconds(*text);
  if (!time) {
    std::optional<std::string_view> stored = headers.find("Last-Modified");
    if (stored) time = parseHttpDate(*stored);
  }
  return time.value_or(0);
}

}  // namespace

HttpHeaders metadataOf(const WriteRequest& request) {
  HttpHeaders headers;
  std::string modifyTime = formatSeconds(request.modifyTime);
  headers.add(std::string(kBound), boundTo(request.size, modifyTime));
  headers.add(std::string(kModifyTime), std::move(modifyTime));
  headers.add(std::string(kSha256), request.sha256.hex());
  headers.add(std::string(kNonce), encodeUnreserved(request.nonce));
  return headers;
}

Result<ObjectInfo> objectInfoOf(const HttpResponse& answer, std::string_view subject) {
  std::optional<std::string_view> etag = answer.headers.find("ETag");
  std::optional<ByteCount> size = sizeOf(answer);
  if (!etag || !size) {
    return Error{ErrorKind::remoteFault,
                 "the S3 server told neither ETag nor size of the object as it must",
                 std::string(subject), 0};
  }
  ObjectInfo info;
  info.size = *size;
  info.version = ObjectVersion{stripEtag(*etag)};
  info.modifyTime = modifyTimeOf(answer.headers);
  if (!isBound(answer.headers, info.size)) return info;
  if (std::optional<std::string_view> hash = answer.headers.find(kSha256)) {
    info.sha256 = Sha256::fromHexText(*hash);
  }
  if (std::optional<std::string_view> nonce = answer.headers.find(kNonce)) {
    info.nonce = decodePercent(*nonce);
  }
  return info;
}

ObjectInfo writtenInfo(const WriteRequest& request, std::string etag) {
  return ObjectInfo{EntryKind::file,    request.size,   ObjectVersion{std::move(etag)},
                    request.modifyTime, request.sha256, request.nonce};
}

}  // namespace cloudsync
