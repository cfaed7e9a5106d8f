#include "remote/s3/xml.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "remote/s3/answers.h"

namespace cloudsync {

namespace {

// Tags and attributes, each some 64 bytes of memory; a page of 1,000 versions has about 30,000.
constexpr std::ptrdiff_t kMostParts = 500'000;

// "&#0;" in any spelling: it would cut a key short.
bool namesNul(std::string_view body) {
  for (std::size_t at = body.find("&#"); at != std::string_view::npos; at = body.find("&#", at)) {
    at += 2;
    if (at < body.size() && (body[at] == 'x' || body[at] == 'X')) ++at;
    std::size_t end = body.find_first_not_of('0', at);
    if (end != at && end != std::string_view::npos && body[end] == ';') return true;
  }
  return false;
}

}  // namespace

std::string presentable(std::string text) {
  constexpr std::size_t kMostBytes = 300;
  if (text.size() > kMostBytes) text.resize(kMostBytes);
  for (char& c : text) {
    if ((c >= 0 && c < ' ') || c == '\x7f') c = ' ';
  }
  return text;
}

Error badAnswer(std::string what) {
  std::string words = presentable(std::move(what));
  return Error{ErrorKind::remoteFault, "the server's answer cannot be read: " + words, {}};
}

Result<std::unique_ptr<pugi::xml_document>> parseXml(std::string_view body) {
  if (body.find('\0') != std::string_view::npos || namesNul(body)) {
    return badAnswer("it holds a NUL");
  }
  if (body.find("<!DOCTYPE") != std::string_view::npos) {
    return badAnswer("it declares a document type (an HTML page, perhaps of a proxy?)");
  }
  auto isPart = [](char c) { return c == '<' || c == '='; };
  if (std::count_if(body.begin(), body.end(), isPart) > kMostParts) {
    return badAnswer("it has more elements than any page");
  }
  auto document = std::make_unique<pugi::xml_document>();
  // White space alone is a key like any other.
  constexpr unsigned kOptions =
      pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata_single;
  pugi::xml_parse_result parsed =
      document->load_buffer(body.data(), body.size(), kOptions, pugi::encoding_utf8);
  if (!parsed) {
    return badAnswer(std::string("no XML, or not all of it (") + parsed.description() + ", byte " +
                     std::to_string(parsed.offset) + " of " + std::to_string(body.size()) + ")");
  }
  return document;
}

Result<std::unique_ptr<pugi::xml_document>> parseAnswer(
    std::string_view body, std::initializer_list<std::string_view> roots) {
  Result<std::unique_ptr<pugi::xml_document>> document = parseXml(body);
  if (!document) return document;
  std::string_view name = (*document)->document_element().name();
  if (std::find(roots.begin(), roots.end(), name) != roots.end()) return document;
  S3Error error = parseS3Error(body);
  if (!error.code.empty()) {
    return Error{ErrorKind::remoteFault, "the server reports " + error.code + ": " + error.message,
                 error.code};
  }
  return badAnswer("<" + std::string(name.substr(0, 100)) + "> where <" +
                   std::string(*roots.begin()) + "> was expected");
}

std::string textOf(pugi::xml_node node) {
  std::string text;
  for (pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += child.value();
    }
  }
  return text;
}

}  // namespace cloudsync
