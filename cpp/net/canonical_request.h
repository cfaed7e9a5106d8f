#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace cloudsync {

// A request as SigV4 looks at it: what the signature covers, in the one form that both sides agree
// on. PURE; any thread.
struct CanonicalRequest {
  std::string text;
  std::string signedHeaders;  // "host;range;x-amz-date"
};

// Path and query are taken as they stand in the URL, which must be as strict as SigV4: every byte
// that is not unreserved escaped. The query is sorted; a name without "=" gets one.
Result<CanonicalRequest> canonicalRequest(const HttpRequest& request, std::string_view payloadHash);

}  // namespace cloudsync
