#include "service/file_uri.h"

#include "net/url.h"

namespace cloudsync {

std::string uriPrefixFor(std::string_view root, std::string_view configured) {
  std::string prefix = configured.empty() ? "file://" + encodePath(root) : std::string(configured);
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
  std::string plainPrefix = decodePercent(prefix);
  std::string plain = decodePercent(uri);
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
