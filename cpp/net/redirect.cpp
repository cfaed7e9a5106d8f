#include "net/redirect.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "net/url.h"

namespace cloudsync {

namespace {

bool redirects(const HttpRequest& request, int status) {
  if (status == 303 || status == 307 || status == 308) return true;
  return (status == 301 || status == 302) && (request.method == "GET" || request.method == "HEAD");
}

// Kept towards another origin. A list of what is harmless, not of what is secret: the next
// service's token header is unknown today.
HttpHeaders withoutCredentials(const HttpHeaders& headers) {
  constexpr std::array<std::string_view, 9> kHarmless = {
      "Accept",        "Accept-Language", "Content-Type",        "If-Match", "If-Modified-Since",
      "If-None-Match", "If-Range",        "If-Unmodified-Since", "Range"};
  HttpHeaders kept;
  for (const HttpHeader& field : headers.all()) {
    bool harmless = std::any_of(kHarmless.begin(), kHarmless.end(), [&field](auto name) {
      return equalIgnoringCase(field.name, name);
    });
    if (harmless) kept.add(field.name, field.value);
  }
  return kept;
}

Error refused(std::string message, const HttpRequest& request) {
  return Error{ErrorKind::remoteFault, std::move(message), redactUrl(request.url)};
}

}  // namespace

Result<std::optional<HttpRequest>> nextHop(const HttpRequest& request, const HttpResponse& answer,
                                           std::uint32_t hopsTaken, Upload upload) {
  if (!redirects(request, answer.status)) return std::optional<HttpRequest>();
  std::optional<std::string_view> location = answer.headers.find("Location");
  if (!location) return std::optional<HttpRequest>();
  if (hopsTaken >= kMostRedirects) {
    return refused("the server redirects more than three times", request);
  }
  Result<std::string> target = resolveReference(request.url, *location);
  if (!target) return target.error();
  Result<Url> from = parseUrl(request.url);
  if (!from) return from.error();
  Result<Url> to = parseUrl(*target);
  if (!to) return refused("the server redirects to where we do not go", request);
  if (from->scheme == "https" && to->scheme == "http") {
    return refused("the server redirects from https to http: refused", request);
  }
  HttpRequest next = request;
  next.url = std::move(*target);
  if (!validate(next)) return refused("the server redirects to what is no whole URL", request);
  if (answer.status == 303 && next.method != "HEAD") {
    next.method = "GET";
    next.headers.remove("Content-Type");
    upload = Upload::no;
  }
  if (!sameOrigin(*from, *to)) {
    if (upload == Upload::yes) return refused("the server redirects an upload elsewhere", request);
    next.headers = withoutCredentials(next.headers);
  }
  return std::optional<HttpRequest>(std::move(next));
}

Task<Result<HttpResponse>> RedirectingTransport::perform(HttpRequest request, BodySource* upload,
                                                         BodySink* download, CancelToken cancel) {
  for (std::uint32_t hops = 0;; ++hops) {
    Task<Result<HttpResponse>> hop = inner_.perform(request, upload, download, cancel);
    Result<HttpResponse> answer = co_await hop;
    if (!answer) co_return answer;
    Result<std::optional<HttpRequest>> next =
        nextHop(request, *answer, hops, upload ? Upload::yes : Upload::no);
    if (!next) co_return next.error();
    if (!next->has_value()) co_return answer;
    if (next->value().method == "GET") upload = nullptr;
    request = std::move(next->value());
  }
}

}  // namespace cloudsync
