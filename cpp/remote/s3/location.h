#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/environment.h"
#include "net/http_message.h"
#include "remote/open.h"

namespace cloudsync {

// Where a bucket is and how it is spoken to. A value; PURE; any thread.
struct S3Location {
  std::string bucket;
  std::string prefix;  // decoded; "" or ends with '/'
  std::string scheme;
  std::string host;  // without the bucket
  std::uint16_t port = 0;
  std::string basePath;  // of the endpoint, encoded; "" or "/x"
  std::string region;
  bool regionGiven = false;  // by the URL, an option or the environment
  bool ownEndpoint = false;  // somebody named a server; else it is AWS's for the region
  bool pathStyle = false;
  bool anonymous = false;
  HttpRoute route;
  std::vector<HttpHeader> headers;  // to send with every request
  std::string profile;              // "": AWS_PROFILE or default
};

// s3://BUCKET/PREFIX?endpoint=&region=&pathStyle=&anonymous=&profile=&insecure=, the options of the
// same names, `ca`, `credentials.*` and `headers.*`, and AWS's environment variables. What is
// unknown, contradictory or secret in the wrong place is `invalidArgument`; no secret is shown.
Result<S3Location> parseS3Location(std::string_view url, const RemoteOptions& options,
                                   const EnvironmentLookup& environment);

// The same bucket where it really is: told by a profile file or by a server's redirect. An endpoint
// that somebody named stays.
S3Location inRegion(S3Location location, std::string region);

using S3Query = std::vector<std::pair<std::string, std::string>>;

// The URL of `key` (the whole key, prefix included; "" for the bucket), as SigV4 wants it: every
// byte that is not unreserved escaped, the query sorted.
std::string urlOf(const S3Location& location, std::string_view key, const S3Query& query);

}  // namespace cloudsync
