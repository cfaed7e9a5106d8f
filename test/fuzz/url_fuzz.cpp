// URLs: parsed, resolved, followed, shown. The input is a URL and, on the next line, a Location.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "net/http_message.h"
#include "net/redirect.h"
#include "net/url.h"
#include "property.h"
#include "remote/s3/bucket_url.h"

namespace cloudsync::fuzz {
namespace {

constexpr std::string_view kSecret = "S3nt1nel";

std::string print(const Url& url) {
  return url.scheme + "://" + url.host + ":" + std::to_string(url.port) + url.path +
         (url.query.empty() ? "" : "?" + url.query);
}

bool same(const Url& a, const Url& b) {
  return sameOrigin(a, b) && a.path == b.path && a.query == b.query;
}

void checkParts(std::string_view text) {
  Result<Url> url = parseUrl(text);
  if (!url) {
    must(url.error().kind == ErrorKind::invalidArgument, "a bad URL is a bad argument");
    return;
  }
  must(url->scheme == "http" || url->scheme == "https", "only what can be reached");
  must(lowerCase(text).starts_with(url->scheme + "://"), "a URL is written as one");
  must(url->host == lowerCase(url->host) && !url->host.empty(), "a host is there, in lower case");
  must(url->host.find_first_of("@/?#\\% \t\r\n") == std::string::npos, "a host is nothing but one");
  must(url->path.starts_with('/'), "a path begins with a slash");
  must(url->path.find_first_of("?#") == std::string::npos, "a path ends where the query begins");
  must(url->query.find('#') == std::string::npos, "no fragment is sent");
  bool asWritten = url->path == "/" || text.find(url->path) != std::string_view::npos;
  must(asWritten && text.find(url->query) != std::string_view::npos, "path and query as written");
  Result<Url> again = parseUrl(print(*url));
  must(again && same(*again, *url), "a URL that is printed reads the same");
}

void checkEscapes(std::string_view text) {
  std::string encoded = encodeUnreserved(text);
  must(decodePercent(encoded) == text, "what is encoded decodes");
  must(decodePercentStrictly(encoded) == text, "strictly, too");
  must(encodeUnreserved(decodePercent(encoded)) == encoded, "there is one way to encode");
  must(decodePercent(encodePath(text)) == text, "and one for paths");
  must(std::count(text.begin(), text.end(), '/') == std::ranges::count(encodePath(text), '/'),
       "a path keeps its slashes");
  std::string loose = decodePercent(text);
  must(loose.size() <= text.size(), "decoding makes nothing longer");
  std::optional<std::string> strict = decodePercentStrictly(text);
  must(!strict || *strict == loose, "both decode alike");
}

void checkRedaction(const std::string& text) {
  std::string shown = redactUrl(text);
  must(redactUrl(shown) == shown, "what is redacted has nothing left to redact");
  must(shown.find('#') == std::string::npos, "no fragment is shown");
  std::string secret(kSecret);
  if (text.find(secret) != std::string::npos) return;  // libFuzzer reads our strings, too
  std::string bare = text.substr(0, text.find('#'));
  char joint = bare.find('?') == std::string::npos ? '?' : '&';
  for (const char* name : {"X-Amz-Signature", "x%2Damz%2Dsecurity%2Dtoken", "AWSAccessKeyId"}) {
    std::string signedUrl = bare + joint + name + "=" + secret;
    must(redactUrl(signedUrl).find(secret) == std::string::npos, "no signature is shown");
  }
  std::string withUser = "https://user:" + secret + "@" + text;
  must(redactUrl(withUser).find(secret) == std::string::npos, "no password is shown");
  Result<Url> refused = parseUrl(withUser);
  must(!refused, "no password is taken");
  must(refused.error().message.find(secret) == std::string::npos, "nor told in the error");
  must(refused.error().subject.find(secret) == std::string::npos, "nor in what it is about");
}

void checkReference(std::string_view base, std::string_view reference) {
  Result<std::string> target = resolveReference(base, reference);
  if (!target) return;
  must(target->find('#') == std::string::npos, "no fragment is followed");
  Result<std::string> again = resolveReference(base, *target);
  must(again && *again == *target, "what is resolved resolves to itself");
  must(target->size() <= 3 * (base.size() + reference.size()) + 16, "a target is bounded");
}

void checkHop(const HttpRequest& request, std::string_view location, int status, Upload upload) {
  HttpResponse answer;
  answer.status = status;
  answer.headers.add("location", std::string(location));
  must(!nextHop(request, answer, kMostRedirects, upload).ok() ||
           !nextHop(request, answer, kMostRedirects, upload)->has_value(),
       "nobody is sent around for ever");
  Result<std::optional<HttpRequest>> next = nextHop(request, answer, 0, upload);
  if (!next || !next->has_value()) return;
  const HttpRequest& hop = **next;
  must(validate(hop).ok(), "a hop can be sent");
  Result<Url> from = parseUrl(request.url);
  Result<Url> to = parseUrl(hop.url);
  must(from && to, "a hop leads from a URL to a URL");
  must(from->scheme == "http" || to->scheme == "https", "nothing encrypted goes on in the clear");
  must(sameOrigin(*from, *to) == sameOrigin(*to, *from), "an origin is one both ways");
  must(hop.headers.find("Authorization").has_value() == sameOrigin(*from, *to),
       "credentials stay with their origin");
  bool stays = upload == Upload::no || status == 303 || sameOrigin(*from, *to);
  must(stays, "an upload goes nowhere else");
  bool allowed = hop.method == request.method || (status == 303 && hop.method == "GET");
  must(allowed, "a method stays what it is");
}

void checkBucketUrl(std::string_view text) {
  Result<BucketUrl> url = parseBucketUrl(text);
  if (!url) {
    must(isPresentable(url.error().message), "an error can be shown");
    return;
  }
  must(url->prefix.empty() || url->prefix.ends_with('/'), "a prefix is a directory");
  must(!url->prefix.starts_with('/'), "that has a name");
  must(!url->bucket.empty() && url->bucket.find_first_of("/:@?#%") == std::string::npos,
       "a bucket is nothing but one");
  std::string printed = "s3://" + url->bucket + "/" + encodePath(url->prefix) +
                        (url->query.empty() ? "" : "?" + url->query);
  Result<BucketUrl> again = parseBucketUrl(printed);
  must(again && again->bucket == url->bucket && again->prefix == url->prefix &&
           again->query == url->query,
       "a bucket's URL that is printed reads the same");
}

void check(std::string_view input) {
  std::string_view whole = input;
  std::string url(takeLine(input));
  std::string location(takeLine(input));
  for (std::string_view text : {std::string_view(url), std::string_view(location)}) {
    checkParts(text);
    checkRedaction(std::string(text));
    checkBucketUrl(text);
  }
  checkEscapes(whole);
  checkReference(url, location);
  HttpRequest request;
  request.url = url;
  request.headers.add("Authorization", std::string(kSecret));
  if (!validate(request)) return;
  for (const char* method : {"GET", "PUT"}) {
    request.method = method;
    for (int status : {302, 303, 307}) {
      checkHop(request, location, status, Upload::no);
      checkHop(request, location, status, Upload::yes);
    }
  }
}

}  // namespace
}  // namespace cloudsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cloudsync::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
