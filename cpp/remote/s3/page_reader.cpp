#include "remote/s3/page_reader.h"

#include <algorithm>
#include <string_view>

#include "base/byte_count.h"
#include "net/url.h"
#include "remote/s3/iso_time.h"

namespace cloudsync {

PageReader::PageReader(pugi::xml_node page)
    : encoded_(textOf(page.child("EncodingType")) == "url"), page_(page) {}

std::string PageReader::key(pugi::xml_node parent, const char* name) {
  std::string text = required(parent, name);
  if (text.empty()) fail("<" + std::string(name) + "> is empty");
  return encoded_ ? decode(std::move(text), name) : text;
}

std::string PageReader::required(pugi::xml_node parent, const char* name) {
  pugi::xml_node node = parent.child(name);
  if (!node) fail("<" + std::string(name) + "> is missing in <" + parent.name() + ">");
  return textOf(node);
}

bool PageReader::flag(pugi::xml_node parent, const char* name) {
  std::string text = required(parent, name);
  if (text != "true" && text != "false") unreadable(name, text);
  return text == "true";
}

ByteCount PageReader::size(pugi::xml_node parent) {
  std::string text = required(parent, "Size");
  std::optional<ByteCount> size = parseByteCount(text);
  if (!size) unreadable("Size", text);
  return size.value_or(0);
}

std::uint32_t PageReader::smallNumber(pugi::xml_node parent, const char* name) {
  std::string text = required(parent, name);
  std::optional<ByteCount> number = parseByteCount(text);
  if (!number || *number > UINT32_MAX) unreadable(name, text);
  return static_cast<std::uint32_t>(number.value_or(0));
}

Nanoseconds PageReader::time(pugi::xml_node parent, const char* name) {
  std::string text = textOf(parent.child(name));
  if (text.empty()) return 0;
  std::optional<Nanoseconds> time = parseIsoTime(text);
  if (!time) unreadable(name, text);
  return time.value_or(0);
}

std::string PageReader::next(const char* name) {
  std::string text = textOf(page_.child(name));
  if (text.empty()) fail("it is truncated, but <" + std::string(name) + "> is missing");
  // Tokens are opaque and never encoded; markers are keys.
  bool isKey = std::string_view(name) == "NextKeyMarker";
  return encoded_ && isKey ? decode(std::move(text), name) : text;
}

void PageReader::fail(std::string what) {
  if (!fault_) fault_ = std::move(what);
}

void PageReader::unreadable(const char* name, const std::string& text) {
  fail("<" + std::string(name) + "> is '" + text.substr(0, 100) + "'");
}

// As forms are: AWS writes a space as "+", and a plus always as %2B.
std::string PageReader::decode(std::string text, const char* name) {
  std::replace(text.begin(), text.end(), '+', ' ');
  std::optional<std::string> decoded = decodePercentStrictly(text);
  if (!decoded) unreadable(name, text);
  return decoded.value_or("");
}

}  // namespace cloudsync
