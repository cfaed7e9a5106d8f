#include "remote/s3/client.h"

#include <optional>
#include <utility>

#include "net/http_date.h"
#include "net/retrying_transport.h"
#include "net/sigv4.h"
#include "remote/s3/answers.h"
#include "remote/s3/faults.h"

namespace cloudsync {

namespace {

// Servers refuse a signature that is a quarter of an hour off.
constexpr Nanoseconds kTolerableOffset = 4LL * 60 * 1'000'000'000;

std::optional<Nanoseconds> dateOf(const HttpResponse& answer) {
  std::optional<std::string_view> date = answer.headers.find("Date");
  return date ? parseHttpDate(*date) : std::nullopt;
}

}  // namespace

// One request's attempts: each with the credentials and the time of its moment.
class S3Client::Attempts final : public AttemptHooks {
 public:
  Attempts(S3Client& client, const S3Request& request) : client_(client), request_(request) {}

  Task<Result<HttpRequest>> prepare(HttpRequest request, CancelToken cancel) override {
    std::shared_ptr<const S3Location> location = client_.location();
    request.url = urlOf(*location, request_.key, request_.query);
    if (!client_.credentials_) co_return request;
    Task<Result<S3Credentials>> asking = client_.credentials_->get(std::move(cancel));
    Result<S3Credentials> credentials = co_await asking;
    if (!credentials) co_return credentials.error();
    used_ = std::move(*credentials);
    Status is =
        signRequest(request, used_.identity, {location->region, "s3"}, client_.serverTime());
    if (!is) co_return is.error();
    co_return request;
  }

  Task<bool> repair(Trouble trouble, const HttpResponse& answer) override {
    if (trouble == Trouble::clockSkew) co_return client_.correctClock(answer);
    co_return client_.credentials_&& client_.credentials_->refused(used_);
  }

  Task<bool> mayRepeat(Trouble trouble, CancelToken cancel) override {
    if (!request_.guard) co_return true;
    Task<bool> asking = request_.guard->mayRepeat(trouble, std::move(cancel));
    co_return co_await asking;
  }

  // Secrets that the server repeated to us go no further.
  void scrub(std::string& text) const {
    for (const std::string* secret :
         {&used_.identity.secretAccessKey, &used_.identity.sessionToken}) {
      for (std::size_t at = text.find(*secret); !secret->empty() && at != std::string::npos;
           at = text.find(*secret)) {
        text.replace(at, secret->size(), "***");
      }
    }
  }

  std::string codeOf(const HttpResponse& answer) const override {
    std::string code = parseS3Error(answer.body).code;
    // A HEAD has no body to say that the token has expired.
    bool mayBeToken = code.empty() && answer.status == 400 && request_.method == "HEAD" &&
                      !used_.identity.sessionToken.empty();
    if (mayBeToken) return "ExpiredToken";
    // The answer to a HEAD has no body to say so.
    if (code.empty() && answer.status == 403 && client_.isClockOff(answer)) {
      return "RequestTimeTooSkewed";
    }
    return code;
  }

 private:
  S3Client& client_;
  const S3Request& request_;
  S3Credentials used_;
};

std::shared_ptr<const S3Location> S3Client::location() const {
  std::lock_guard lock(mutex_);
  return location_;
}

bool S3Client::isClockOff(const HttpResponse& answer) const {
  std::optional<Nanoseconds> theirs = dateOf(answer);
  if (!theirs) return false;
  Nanoseconds off = *theirs - serverTime();
  return off > kTolerableOffset || off < -kTolerableOffset;
}

bool S3Client::correctClock(const HttpResponse& answer) {
  std::optional<Nanoseconds> theirs = dateOf(answer);
  if (!theirs) return false;
  clockOffset_ = *theirs - needs_.clock.wallTime();
  return true;
}

// The bucket is elsewhere, and the answer says where, or another request has learned it meanwhile.
bool S3Client::correctRegion(const HttpResponse& answer, const S3Location& signedFor) {
  if (answer.status != 301 && answer.status != 307 && answer.status != 400) return false;
  std::optional<std::string_view> region = answer.headers.find("x-amz-bucket-region");
  if (!region || region->empty()) return false;
  std::lock_guard lock(mutex_);
  if (location_->region != signedFor.region) return true;
  if (location_->region == *region) return false;
  location_ = std::make_shared<const S3Location>(inRegion(*location_, std::string(*region)));
  return true;
}

Task<Result<HttpResponse>> S3Client::send(S3Request request, BodySource* upload, BodySink* download,
                                          CancelToken cancel) {
  Attempts attempts(*this, request);
  RetryLimits limits;
  limits.attempts = request.attempts;
  RetryingTransport transport(needs_.http, needs_.scheduler, needs_.random, limits, attempts);
  for (bool moved = false;; moved = true) {
    std::shared_ptr<const S3Location> where = location();
    HttpRequest unsignedRequest;
    unsignedRequest.method = request.method;
    unsignedRequest.headers = request.headers;
    for (const HttpHeader& header : where->headers) {
      unsignedRequest.headers.set(header.name, header.value);
    }
    if (!request.payloadHash.empty()) {
      unsignedRequest.headers.set("x-amz-content-sha256", request.payloadHash);
    }
    unsignedRequest.timeouts.stall = request.patience;
    unsignedRequest.route = where->route;
    Task<Result<HttpResponse>> sending =
        transport.perform(std::move(unsignedRequest), upload, download, cancel);
    Result<HttpResponse> answer = co_await sending;
    if (!answer) {
      Error error = answer.error();
      if (error.subject.empty()) error.subject = request.subject;
      co_return error;
    }
    if (answer->succeeded()) co_return answer;
    if (!moved && correctRegion(*answer, *where)) continue;
    Error error = s3ErrorOf(*answer, *where, request.subject);
    attempts.scrub(error.message);
    co_return error;
  }
}

Task<Result<HttpResponse>> S3Client::send(S3Request request, CancelToken cancel) {
  Task<Result<HttpResponse>> sending =
      send(std::move(request), nullptr, nullptr, std::move(cancel));
  co_return co_await sending;
}

}  // namespace cloudsync
