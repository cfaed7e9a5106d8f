#include "net/http_message.h"

#include <algorithm>

#include "net/url.h"

namespace cloudsync {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isTokenChar(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), isTokenChar);
}

bool isFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool isUrlByte(char c) { return c > ' ' && c < '\x7f'; }

Error unusable(std::string message, const HttpRequest& request) {
  return Error{ErrorKind::invalidArgument, std::move(message), redactUrl(request.url)};
}

}  // namespace

bool equalIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool isHeaderName(std::string_view text) { return isToken(text); }

void HttpHeaders::add(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

void HttpHeaders::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void HttpHeaders::remove(std::string_view name) {
  std::erase_if(fields_, [name](const HttpHeader& f) { return equalIgnoringCase(f.name, name); });
}

void HttpHeaders::extendLast(std::string_view more) {
  fields_.back().value.append(" ").append(more);
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const {
  for (const HttpHeader& field : fields_) {
    if (equalIgnoringCase(field.name, name)) return std::string_view(field.value);
  }
  return std::nullopt;
}

Status validate(const HttpRequest& request) {
  if (!isToken(request.method)) return unusable("not an HTTP method", request);
  if (!std::all_of(request.url.begin(), request.url.end(), isUrlByte)) {
    return unusable("the URL holds bytes that must be percent-encoded", request);
  }
  Result<Url> url = parseUrl(request.url);
  if (!url) return url.error();
  for (const HttpHeader& field : request.headers.all()) {
    if (!isHeaderName(field.name)) return unusable("not a header name", request);
    // The value may be a secret: only the name is told.
    if (!isFieldValue(field.value)) {
      return unusable("a line break in the value of header " + field.name, request);
    }
  }
  return {};
}

}  // namespace cloudsync
