// The head of an answer, and what its fields mean. The input is the head as it comes, line by line.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "calendar.h"
#include "net/http_date.h"
#include "net/response_head.h"
#include "net/retry_policy.h"
#include "property.h"
#include "remote/s3/answers.h"
#include "remote/s3/iso_time.h"
#include "remote/s3/metadata.h"

namespace cloudsync::fuzz {
namespace {

HttpLimits smallLimits() {
  HttpLimits limits;
  limits.headerBytes = 2'048;
  limits.headerCount = 16;
  return limits;
}

HttpResponse read(std::string_view lines) {
  const HttpLimits limits = smallLimits();
  ResponseHead head(limits);
  while (!lines.empty() && head.take(takeLine(lines))) {
  }
  const HttpHeaders& headers = head.answer().headers;
  std::size_t bytes = 0;
  for (const HttpHeader& field : headers.all()) bytes += field.name.size() + field.value.size();
  must(bytes <= limits.headerBytes, "a head is no larger than allowed");
  must(headers.all().size() <= limits.headerCount, "nor has it more fields");
  must(head.answer().status == 0 || (head.answer().status >= 100 && head.answer().status <= 999),
       "a status has three digits");
  return head.release();
}

void checkFields(const HttpHeaders& headers) {
  HttpRequest request;
  request.url = "http://host/";
  request.headers = headers;
  must(validate(request).ok(), "every field could be sent again");
  for (const HttpHeader& field : headers.all()) {
    must(headers.find(lowerCase(field.name)).has_value(), "a field is found in any case");
    HttpHeaders changed = headers;
    changed.set(lowerCase(field.name), "new");
    must(changed.find(field.name) == "new", "what was set is found");
    changed.remove(field.name);
    must(!changed.find(field.name), "what was removed is gone, all of it");
  }
}

// The size in a head, by another way.
std::string sizeText(const HttpHeaders& headers) {
  if (auto range = headers.find("Content-Range")) {
    return std::string(range->substr(range->rfind('/') + 1));
  }
  return std::string(headers.find("Content-Length").value_or(""));
}

void checkObject(const HttpResponse& answer) {
  Result<ObjectInfo> info = objectInfoOf(answer, "key");
  if (!info) {
    must(info.error().kind == ErrorKind::remoteFault, "a bad answer is the server's fault");
    return;
  }
  must(plainDigits(sizeText(answer.headers)) == std::to_string(info->size),
       "a size is what it says");
  must(info->size <= std::numeric_limits<std::int64_t>::max(), "a size fits into 63 bits");
  std::size_t told = answer.headers.find("x-amz-meta-cloudsync-nonce").value_or("").size();
  must(info->nonce.size() <= told, "a nonce is no longer than told");
  bool bound = answer.headers.find("x-amz-meta-cloudsync-bound").has_value();
  must(bound || (!info->sha256 && info->nonce.empty()), "what is not bound says nothing");
  if (!info->sha256) return;
  WriteRequest request;
  request.size = info->size;
  request.sha256 = *info->sha256;
  request.modifyTime = info->modifyTime;
  request.nonce = info->nonce;
  HttpResponse written;
  written.headers = metadataOf(request);
  written.headers.add("ETag", "\"" + info->version.text + "\"");
  written.headers.add("Content-Length", std::to_string(info->size));
  Result<ObjectInfo> again = objectInfoOf(written, "key");
  must(again.ok(), "what we write can be read");
  must(again->size == info->size && again->version == info->version, "the object is the same");
  must(again->modifyTime == info->modifyTime, "its time is the same");
  must(again->sha256 == info->sha256 && again->nonce == info->nonce, "its marks are the same");
}

void checkTimes(std::string_view value) {
  if (std::optional<Nanoseconds> time = parseHttpDate(value)) {
    bool leap = value.substr(23, 2) == "60";
    must(leap || Calendar(*time).http() == value.substr(5), "a date prints as it was written");
  }
  if (std::optional<Nanoseconds> time = parseIsoTime(value)) {
    bool leap = value.substr(17, 2) == "60";
    must(leap || Calendar(*time).iso().starts_with(value.substr(0, value.size() - 1)),
         "a time prints as it was written");
  }
}

void checkRetry(std::string_view value) {
  constexpr Nanoseconds kNow = 1'700'000'000'000'000'000;
  std::optional<Duration> after = parseRetryAfter(value, kNow);
  if (!after) return;
  must(*after >= Duration::zero(), "nobody waits into the past");
  RetryLimits limits;
  RetryState state;
  state.failed = 1;
  std::optional<Duration> delay = retryDelay(limits, state, Trouble::throttled, after, 1ULL << 63);
  must(!delay || (*delay >= *after && *delay <= limits.longestRetryAfter + limits.longestDelay),
       "a server makes us wait as long as it says, in bounds");
}

void checkEtag(std::string_view value) {
  std::string bare = stripEtag(value);
  must(bare.size() <= value.size(), "an ETag is no longer than told");
  must(stripEtag("\"" + bare + "\"") == bare, "an ETag in quotes is the same");
  must(stripEtag("W/\"" + bare + "\"") == bare, "a weak one as well");
}

void check(std::string_view lines) {
  HttpResponse answer = read(lines);
  checkFields(answer.headers);
  checkObject(answer);
  for (const HttpHeader& field : answer.headers.all()) {
    checkTimes(field.value);
    checkRetry(field.value);
    checkEtag(field.value);
  }
}

}  // namespace
}  // namespace cloudsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cloudsync::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
