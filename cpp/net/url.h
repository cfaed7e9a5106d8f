#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cloudsync {

// URLs as text and in parts. PURE: no I/O, same input same output; any thread.

struct Url {
  std::string scheme;  // lower case: http or https
  std::string host;    // lower case, IPv6 in brackets
  std::uint16_t port = 0;
  std::string path;   // as written, dots and escapes included; at least "/"
  std::string query;  // without the "?"
};

// An absolute http or https URL without credentials in it; else `invalidArgument`.
Result<Url> parseUrl(std::string_view text);

// Scheme, host and port alike: credentials may be shown to both or neither.
bool sameOrigin(const Url& a, const Url& b);

// What `reference` (a Location header) means when read at `base`. Not checked by parseUrl yet.
Result<std::string> resolveReference(std::string_view base, std::string_view reference);

// Every byte that is not unreserved (A-Z a-z 0-9 - . _ ~) as %XX, upper case: what SigV4 signs.
std::string encodeUnreserved(std::string_view bytes);
// The same with "/" kept: an object key as the path of a URL.
std::string encodePath(std::string_view bytes);
// %XX decoded; what is no escape stays.
std::string decodePercent(std::string_view text);
// The same; nothing when a % is followed by anything but two hex digits.
std::optional<std::string> decodePercentStrictly(std::string_view text);

// For messages and logs: no user info, no fragment, values of query parameters that may be secret
// (signatures, keys, tokens) replaced.
std::string redactUrl(std::string_view url);

}  // namespace cloudsync
