#include "net/response_head.h"

#include <charconv>
#include <string>

namespace cloudsync {

namespace {

bool isSpace(char c) { return c == ' ' || c == '\t'; }

bool isBreak(char c) { return c == '\r' || c == '\n' || c == '\0'; }

std::string_view trimmed(std::string_view text) {
  auto isEdge = [](char c) { return isSpace(c) || isBreak(c); };
  while (!text.empty() && isEdge(text.front())) text.remove_prefix(1);
  while (!text.empty() && isEdge(text.back())) text.remove_suffix(1);
  return text;
}

std::string valueOf(std::string_view text) {
  std::string value(trimmed(text));
  for (char& c : value) {
    if (isBreak(c)) c = ' ';
  }
  return value;
}

// "HTTP/1.1 200 OK" or "HTTP/2 200": the three digits after the first space; else 0.
int statusOf(std::string_view line) {
  constexpr std::size_t kDigits = 3;
  std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  std::string_view rest = trimmed(line.substr(space));
  std::string_view digits = rest.substr(0, rest.find(' '));
  int status = 0;
  const char* end = digits.data() + digits.size();
  auto [stopped, error] = std::from_chars(digits.data(), end, status);
  bool whole = digits.size() == kDigits && error == std::errc() && stopped == end;
  return whole && status >= 100 ? status : 0;
}

}  // namespace

bool ResponseHead::take(std::string_view line) {
  bool isStatus = line.starts_with("HTTP/");
  if (isStatus) {
    // A new head: after a 100 Continue, or the answer to a repeated attempt.
    answer_ = HttpResponse{};
    bytes_ = 0;
    answer_.status = statusOf(line);
    last_ = Line::status;
  }
  bytes_ += line.size();
  if (bytes_ > limits_.headerBytes || answer_.headers.all().size() >= limits_.headerCount) {
    return false;
  }
  if (!isStatus) takeField(line);
  return true;
}

void ResponseHead::takeField(std::string_view line) {
  if (!line.empty() && isSpace(line.front())) {
    // The old way to break a long line: never a field of its own.
    if (last_ == Line::field) answer_.headers.extendLast(valueOf(line));
    return;
  }
  last_ = Line::other;
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string_view name = trimmed(line.substr(0, colon));
  if (!isHeaderName(name)) return;
  answer_.headers.add(std::string(name), valueOf(line.substr(colon + 1)));
  last_ = Line::field;
}

}  // namespace cloudsync
