#include "net/canonical_request.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "net/url.h"

namespace cloudsync {

namespace {

std::string lowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// What proxies add or rewrite on the way, and what curl writes by itself: a server that sees
// another value than we signed refuses the request, and none of these says what is asked for.
bool isSigned(std::string_view lowerName) {
  constexpr std::array<std::string_view, 18> kUnsigned = {"accept",
                                                          "accept-encoding",
                                                          "authorization",
                                                          "cache-control",
                                                          "connection",
                                                          "content-length",
                                                          "expect",
                                                          "forwarded",
                                                          "keep-alive",
                                                          "pragma",
                                                          "te",
                                                          "trailer",
                                                          "upgrade",
                                                          "user-agent",
                                                          "transfer-encoding",
                                                          "via",
                                                          "from",
                                                          "x-amzn-trace-id"};
  if (lowerName.starts_with("proxy-") || lowerName.starts_with("x-forwarded-")) return false;
  return std::find(kUnsigned.begin(), kUnsigned.end(), lowerName) == kUnsigned.end();
}

// Without the spaces around it, every run of spaces inside as one.
std::string foldSpaces(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c == '\t') c = ' ';
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// As curl writes it: the host as it stands in the URL, unless it is an odd way to write an address;
// the port only where it is not the scheme's.
std::string hostHeader(std::string_view text, const Url& url) {
  std::string_view host = text.substr(text.find("://") + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (!equalIgnoringCase(host, url.host)) host = url.host;
  bool usual = url.port == (url.scheme == "https" ? 443 : 80);
  return std::string(host) + (usual ? "" : ":" + std::to_string(url.port));
}

// Sorted by name, then by value: not as text, where "a=" would stand behind "a-b=".
std::string canonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  while (!query.empty()) {
    std::size_t end = std::min(query.find('&'), query.size());
    std::string_view pair = query.substr(0, end);
    std::size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty()) {
      pairs.emplace_back(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += name;
    out += '=';
    out += value;
  }
  return out;
}

// Name -> value of everything that is signed, in the order of the names.
std::map<std::string, std::string> signedHeaders(const HttpRequest& request, const Url& url) {
  std::map<std::string, std::string> headers;
  for (const HttpHeader& field : request.headers.all()) {
    std::string name = lowerCase(field.name);
    if (!isSigned(name)) continue;
    auto [place, isNew] = headers.try_emplace(name, foldSpaces(field.value));
    if (!isNew) place->second += "," + foldSpaces(field.value);
  }
  headers.try_emplace("host", hostHeader(request.url, url));
  return headers;
}

}  // namespace

Result<CanonicalRequest> canonicalRequest(const HttpRequest& request,
                                          std::string_view payloadHash) {
  Result<Url> url = parseUrl(request.url);
  if (!url) return url.error();
  std::map<std::string, std::string> headers = signedHeaders(request, *url);
  CanonicalRequest canonical;
  for (const auto& [name, value] : headers) {
    if (!canonical.signedHeaders.empty()) canonical.signedHeaders += ';';
    canonical.signedHeaders += name;
  }
  std::string& text = canonical.text;
  text = request.method + "\n" + url->path + "\n" + canonicalQuery(url->query) + "\n";
  for (const auto& [name, value] : headers) {
    text.append(name).append(":").append(value).append("\n");
  }
  text += "\n" + canonical.signedHeaders + "\n";
  text += payloadHash;
  return canonical;
}

}  // namespace cloudsync
