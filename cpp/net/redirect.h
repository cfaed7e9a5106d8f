#pragma once

#include <cstdint>
#include <optional>

#include "net/http_message.h"
#include "net/http_transport.h"

namespace cloudsync {

enum class Upload { no, yes };  // does the request carry a body?

// PURE: the request that follows an answer, or nothing when the answer is the final one. Rules:
//  - never from https to http: `remoteFault`;
//  - to another origin only headers that cannot be credentials go along, and no upload goes;
//  - at most kMostRedirects hops: `remoteFault`;
//  - 301 and 302 of other methods than GET and HEAD are final (a POST is never turned into a GET
//    behind the caller's back), 303 continues as GET, 307 and 308 as they were.
inline constexpr std::uint32_t kMostRedirects = 3;
Result<std::optional<HttpRequest>> nextHop(const HttpRequest& request, const HttpResponse& answer,
                                           std::uint32_t hopsTaken, Upload upload);

// An HttpTransport that follows redirects by these rules. For requests that carry no signature:
// SigV4 covers the host, so a remote follows a redirect by signing anew (use the inner one).
// Any thread; `inner` outlives it.
class RedirectingTransport final : public HttpTransport {
 public:
  explicit RedirectingTransport(HttpTransport& inner) : inner_(inner) {}

  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override;

 private:
  HttpTransport& inner_;
};

}  // namespace cloudsync
