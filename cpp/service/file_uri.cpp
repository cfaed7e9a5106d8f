#include "service/file_uri.h"

#include <cstdint>

#include "base/hex.h"

namespace cloudsync {

namespace {

bool isUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string encodePath(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(path.size());
  for (char c : path) {
    if (isUnreserved(c) || c == '/') {
      out += c;
      continue;
    }
    auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string decodePath(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (auto byte = fromHex(text.substr(i + 1, 2)); byte && byte->size() == 1) {
        out += static_cast<char>(byte->front());
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string uriPrefixFor(std::string_view root, std::string_view configured) {
  std::string prefix =
      configured.empty() ? "file://" + encodePath(root) : std::string(configured);
  while (prefix.ends_with('/')) prefix.pop_back();
  return prefix;
}

std::string uriOf(std::string_view prefix, std::string_view relativePath) {
  std::string uri(prefix);
  uri += '/';
  uri += encodePath(relativePath);
  return uri;
}

std::optional<RelPath> pathOfUri(std::string_view prefix, std::string_view uri) {
  // Both in their plain form, so that a raw and an encoded spelling name the same file.
  std::string plainPrefix = decodePath(prefix);
  std::string plain = decodePath(uri);
  if (plain.size() <= plainPrefix.size() + 1 || !plain.starts_with(plainPrefix) ||
      plain[plainPrefix.size()] != '/') {
    return std::nullopt;
  }
  std::string_view rest = std::string_view(plain).substr(plainPrefix.size() + 1);
  if (faultOf(rest) != NameFault::none) return std::nullopt;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  return RelPath::trusted(std::string(rest));
}

}  // namespace cloudsync
