#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace cloudsync {

// Requests and answers of HTTP as plain values: what the rest of the engine knows of the protocol.
// They copy, compare by eye and belong to whoever holds them; any thread.

struct HttpHeader {
  std::string name;
  std::string value;
};

// Header fields in the order they were added or received; looked up without regard to case.
class HttpHeaders {
 public:
  void add(std::string name, std::string value);
  // The one field of this name: whatever stood under it before is gone.
  void set(std::string name, std::string value);
  void remove(std::string_view name);
  // More of the last field's value, behind a space; there is one.
  void extendLast(std::string_view more);
  // The first field of this name.
  std::optional<std::string_view> find(std::string_view name) const;
  const std::vector<HttpHeader>& all() const { return fields_; }
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<HttpHeader> fields_;
};

bool equalIgnoringCase(std::string_view a, std::string_view b);
bool isHeaderName(std::string_view text);

// How long an exchange may take; zero means without limit.
struct HttpTimeouts {
  Duration connect = std::chrono::seconds(15);  // name, TCP and TLS together
  // Fewer than `stallBytes` moved in either direction during `stall` end the exchange. Time in
  // which our own side does not take or give bytes does not count. Waiting for an answer does.
  Duration stall = std::chrono::seconds(30);
  ByteCount stallBytes = 1024;
  Duration total{0};  // everything, our own side's time included
};

// What an answer may cost us in memory. More than that is `remoteFault`.
struct HttpLimits {
  ByteCount headerBytes = 64 * 1024;
  std::size_t headerCount = 256;
  ByteCount body = 16 * 1024 * 1024;  // of a body that goes into HttpResponse::body
};

enum class TlsVerification { full, none };

// How the server is reached and believed.
struct HttpRoute {
  std::optional<std::string> proxy;  // nothing: as the environment says; "": none
  std::string caFile;                // PEM, instead of every other source; "": see trust.h
  TlsVerification tls = TlsVerification::full;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // absolute, http or https, percent-encoded; goes out verbatim, dots included
  HttpHeaders headers;
  HttpTimeouts timeouts;
  HttpLimits limits;
  HttpRoute route;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;         // empty when a sink took it
  ByteCount bodyBytes = 0;  // of the body, wherever it went

  bool succeeded() const { return status >= 200 && status < 300; }
};

// Can it be sent at all? `invalidArgument` for a method, URL or header that would break the
// request apart (a line break in a value, another scheme).
Status validate(const HttpRequest& request);

}  // namespace cloudsync
