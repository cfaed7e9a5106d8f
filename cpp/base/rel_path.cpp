#include "base/rel_path.h"

#include <cstdint>

namespace cloudsync {

namespace {

constexpr std::size_t kLongestComponent = 255;
constexpr std::size_t kLongestPath = 1024;

NameFault faultOfComponent(std::string_view component) {
  if (component.empty()) return NameFault::empty;
  if (component == "." || component == "..") return NameFault::dotComponent;
  if (component.find('\0') != std::string_view::npos) return NameFault::nul;
  if (component.size() > kLongestComponent) return NameFault::longComponent;
  return NameFault::none;
}

NameFault faultOfPath(std::string_view path) {
  if (path.size() > kLongestPath) return NameFault::longPath;
  while (true) {
    std::size_t slash = path.find('/');
    NameFault fault = faultOfComponent(path.substr(0, slash));
    if (fault != NameFault::none) return fault;
    if (slash == std::string_view::npos) return NameFault::none;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<RelPath> RelPath::parse(std::string_view text) {
  if (text.empty()) return RelPath();
  NameFault fault = faultOfPath(text);
  if (fault != NameFault::none) {
    return Error{ErrorKind::invalidName, std::string(describe(fault)), std::string(text), 0};
  }
  return trusted(std::string(text));
}

RelPath RelPath::trusted(std::string text) {
  RelPath path;
  path.text_ = std::move(text);
  return path;
}

std::string_view RelPath::name() const {
  std::size_t slash = text_.rfind('/');
  return slash == std::string::npos ? std::string_view(text_)
                                    : std::string_view(text_).substr(slash + 1);
}

RelPath RelPath::parent() const {
  std::size_t slash = text_.rfind('/');
  return slash == std::string::npos ? RelPath() : trusted(text_.substr(0, slash));
}

RelPath RelPath::child(std::string_view name) const {
  if (isRoot()) return trusted(std::string(name));
  std::string text = text_;
  text += '/';
  text += name;
  return trusted(std::move(text));
}

bool RelPath::contains(const RelPath& other) const {
  if (isRoot() || text_ == other.text_) return true;
  return other.text_.size() > text_.size() && other.text_.starts_with(text_) &&
         other.text_[text_.size()] == '/';
}

RelPath EntryKey::path() const {
  return RelPath::trusted(isDirectory() ? text.substr(0, text.size() - 1) : text);
}

NameFault faultOf(std::string_view key) {
  if (key.ends_with('/')) key.remove_suffix(1);
  NameFault fault = faultOfPath(key);
  if (fault != NameFault::none) return fault;
  std::string_view top = key.substr(0, key.find('/'));
  return top == kReservedName ? NameFault::reserved : NameFault::none;
}

std::string_view describe(NameFault fault) {
  switch (fault) {
    case NameFault::none:
      return "the name is fine";
    case NameFault::empty:
      return "a component of the name is empty";
    case NameFault::dotComponent:
      return "a component of the name is '.' or '..'";
    case NameFault::nul:
      return "the name holds a NUL byte";
    case NameFault::longComponent:
      return "a component of the name is longer than 255 bytes";
    case NameFault::longPath:
      return "the path is longer than 1,024 bytes";
    case NameFault::reserved:
      return "'.cloudsync' is reserved for the engine";
  }
  return "";
}

bool isValidUtf8(std::string_view text) {
  std::size_t i = 0;
  auto byteAt = [&text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  while (i < text.size()) {
    std::uint8_t lead = byteAt(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + length > text.size()) return false;
    std::uint8_t second = byteAt(i + 1);
    // Overlong forms, surrogates, and what lies beyond U+10FFFF.
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
      return false;
    }
    for (std::size_t k = 1; k < length; ++k) {
      if ((byteAt(i + k) & 0xc0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

std::string endOfSubtree(std::string_view directoryKey) {
  std::string end(directoryKey);
  end.back() = '0';  // '/' + 1
  return end;
}

}  // namespace cloudsync
