// Requests as SigV4 looks at them. The input is a method, on the next line a URL, behind it header
// lines.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "net/canonical_request.h"
#include "net/http_message.h"
#include "net/sigv4.h"
#include "net/url.h"
#include "property.h"
#include "remote/s3/location.h"

namespace cloudsync::fuzz {
namespace {

constexpr std::string_view kPayload = "UNSIGNED-PAYLOAD";
constexpr Nanoseconds kNow = 1'369'353'600'000'000'000;

HttpRequest read(std::string_view input) {
  HttpRequest request;
  request.method = std::string(takeLine(input));
  request.url = std::string(takeLine(input));
  while (!input.empty()) {
    std::string_view line = takeLine(input);
    std::size_t colon = std::min(line.find(':'), line.size());
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    request.headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
  return request;
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (text.find('\n') != std::string_view::npos) lines.emplace_back(takeLine(text));
  lines.emplace_back(text);
  return lines;
}

std::string canonical(const HttpRequest& request) {
  Result<CanonicalRequest> result = canonicalRequest(request, kPayload);
  must(result.ok(), "a request of the same URL has a canonical form");
  return result->text;
}

// Method, path, query, a line for each signed header, an empty one, their names, the hash: a value
// that could add a line would sign another request than is sent.
void checkLines(const HttpRequest& request, const CanonicalRequest& form) {
  Result<Url> url = parseUrl(request.url);
  std::vector<std::string> lines = linesOf(form.text);
  auto named = std::ranges::count(form.signedHeaders, ';') + 1;
  must(std::ssize(lines) == named + 6, "a line each");
  must(lines[0] == request.method && lines[1] == url->path, "method and path as they are sent");
  must(lines.back() == kPayload, "the hash at the end");
  must(lines[lines.size() - 2] == form.signedHeaders, "the names before it");
  must(lines[lines.size() - 3].empty(), "an empty line before them");
  std::string names;
  for (std::size_t i = 3; i + 3 < lines.size(); ++i) {
    std::string name = lines[i].substr(0, lines[i].find(':'));
    must(name == lowerCase(name), "a name is in lower case");
    names += (names.empty() ? "" : ";") + name;
  }
  must(names == form.signedHeaders, "every name has its line, in the same order");
  bool usual = url->port == (url->scheme == "https" ? 443 : 80);
  std::string host = url->host + (usual ? "" : ":" + std::to_string(url->port));
  bool told = request.headers.find("host").has_value();
  must(told || lowerCase(form.text).find("\nhost:" + host + "\n") != std::string::npos,
       "the host is the one that is asked");
}

// What proxies and libraries may do to headers.
void checkHeaders(const HttpRequest& request, const std::string& text) {
  HttpRequest other = request;
  // Backwards, but fields of one name keep their order: a list is not the same backwards.
  std::multimap<std::string, std::string, std::greater<>> fields;
  for (const HttpHeader& field : request.headers.all()) {
    fields.emplace(lowerCase(field.name), field.value);
  }
  other.headers = HttpHeaders();
  other.headers.add("User-Agent", "another");
  for (const auto& [name, value] : fields) other.headers.add(name, " \t" + value + "  ");
  other.headers.add("X-Forwarded-For", "10.0.0.1");
  must(canonical(other) == text, "order, case, spaces and proxies make no difference");
}

// The same parameters in another order, and those of the canonical form.
void checkQuery(const HttpRequest& request, const std::string& text) {
  Result<Url> url = parseUrl(request.url);
  std::string front = request.url.substr(0, request.url.find('?'));
  std::string query = linesOf(text)[2];
  HttpRequest other = request;
  other.url = front + (query.empty() ? "" : "?" + query);
  must(canonical(other) == text, "the canonical form of the canonical form is itself");
  std::string backwards;
  std::string_view rest = url->query;
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find('&'), rest.size());
    backwards = std::string(rest.substr(0, end)) + (backwards.empty() ? "" : "&") + backwards;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  other.url = front + "?" + backwards;
  must(canonical(other) == text, "the order of parameters makes no difference");
}

void checkSignature(const HttpRequest& request) {
  HttpRequest first = request;
  SigningIdentity identity{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI", "token"};
  if (!signRequest(first, identity, {"us-east-1"}, kNow)) return;
  must(validate(first).ok(), "what is signed can be sent");
  HttpRequest second = first;
  must(signRequest(second, identity, {"us-east-1"}, kNow).ok(), "it can be signed anew");
  must(first.headers.find("Authorization") == second.headers.find("Authorization"),
       "which gives the same signature");
  std::string signature(*first.headers.find("Authorization"));
  must(signature.find("wJalrXUtnFEMI") == std::string::npos, "the secret stays here");
  for (const char* name : {"host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"}) {
    must(signature.find(name) != std::string::npos, "what matters is signed");
  }
}

// The whole input as an object's key and as a parameter: our URLs are canonical as they stand.
void checkOwnUrls(std::string_view key) {
  S3Location location;
  location.scheme = "http";
  location.host = "host";
  location.port = 9000;
  location.bucket = "bucket";
  location.pathStyle = true;
  HttpRequest request;
  request.url = urlOf(location, key, {{"prefix", std::string(key)}, {"list-type", "2"}});
  must(validate(request).ok(), "any key has a URL");
  Result<Url> url = parseUrl(request.url);
  std::vector<std::string> lines = linesOf(canonical(request));
  must(lines[1] == url->path && lines[2] == url->query, "our URLs are canonical as they stand");
  std::string path = "/bucket" + (key.empty() ? "" : "/" + std::string(key));
  must(decodePercent(url->path) == path, "a key is its path, decoded");
}

void check(std::string_view input) {
  checkOwnUrls(input);
  HttpRequest request = read(input);
  if (!validate(request)) return;
  Result<CanonicalRequest> form = canonicalRequest(request, kPayload);
  must(form.ok(), "what can be sent has a canonical form");
  checkLines(request, *form);
  checkHeaders(request, form->text);
  checkQuery(request, form->text);
  checkSignature(request);
}

}  // namespace
}  // namespace cloudsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cloudsync::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
