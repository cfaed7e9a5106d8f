#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_message.h"

namespace cloudsync {

// AWS Signature Version 4, as S3 wants it: the path is signed as it stands in the URL, neither
// normalized nor encoded a second time. PURE; any thread.

struct SigningIdentity {
  std::string accessKeyId;
  std::string secretAccessKey;
  std::string sessionToken;  // "": long-lived keys

  friend bool operator==(const SigningIdentity&, const SigningIdentity&) = default;
};

struct SigningScope {
  std::string region;
  std::string service = "s3";
};

// Adds x-amz-date, x-amz-content-sha256 (the caller's value where there is one, else the hash of no
// bytes), x-amz-security-token and Authorization; what an earlier signature left is replaced.
// The URL must be as strict as urlOf() writes it: every byte that is not unreserved escaped.
// `invalidArgument` for a request that cannot be sent.
Status signRequest(HttpRequest& request, const SigningIdentity& identity, const SigningScope& scope,
                   Nanoseconds now);

// The steps in between, for tests and for who must tell why a server disagrees (see
// canonical_request.h for the first one).
std::string stringToSign(std::string_view canonical, const SigningScope& scope, Nanoseconds now);
std::string signatureOf(std::string_view toSign, std::string_view secretAccessKey,
                        const SigningScope& scope, Nanoseconds now);

}  // namespace cloudsync
