#include "remote/open.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "base/hex.h"
#include "net/url.h"
#include "remote/directory/directory_remote.h"
#include "remote/read_only.h"
#include "remote/s3/s3_remote.h"

namespace cloudsync {

namespace {

using Opener = Result<std::unique_ptr<Remote>> (*)(std::string_view url, const RemoteOptions&,
                                                   RemoteNeeds);

Error unusable(std::string_view url, std::string why) {
  return Error{ErrorKind::invalidArgument, std::move(why), redactUrl(url), 0};
}

Result<std::unique_ptr<Remote>> openDirectory(std::string_view url, const RemoteOptions&,
                                              RemoteNeeds needs) {
  Result<std::string> path = pathOfFileUrl(url);
  if (!path) return path.error();
  return makeDirectoryRemote(needs.files, needs.scheduler, needs.clock, needs.random,
                             std::move(*path), needs.access);
}

Result<std::unique_ptr<Remote>> openLater(std::string_view url, const RemoteOptions&, RemoteNeeds) {
  return Error{ErrorKind::notYet,
               "this kind of remote comes with a later version; until then use a directory: "
               "file:///DIR, where DIR may be a mount of that store (rclone mount, davfs2)",
               redactUrl(url), 0};
}

struct Scheme {
  std::string_view name;
  Opener open;
};

constexpr std::array kSchemes = {
    Scheme{"file", openDirectory},
    Scheme{"s3", openS3},
    Scheme{"webdav", openLater},
    Scheme{"webdavs", openLater},
};

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string knownSchemes() {
  std::string names;
  for (const Scheme& scheme : kSchemes) {
    if (!names.empty()) names += ", ";
    names += scheme.name;
    names += "://";
  }
  return names;
}

// Nothing when an escape is malformed or hides a NUL.
std::optional<std::string> percentDecode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    auto byte = fromHex(text.substr(i + 1, 2));
    if (i + 2 >= text.size() || !byte || byte->front() == 0) return std::nullopt;
    decoded += static_cast<char>(byte->front());
    i += 2;
  }
  return decoded;
}

}  // namespace

Result<std::unique_ptr<Remote>> openRemote(std::string_view url, const RemoteOptions& options,
                                           RemoteNeeds needs) {
  std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    std::string why = "a remote is named by a URL";
    if (url.starts_with('/')) why += "; for this directory it is file://" + std::string(url);
    return unusable(url, why + " (known: " + knownSchemes() + ")");
  }
  std::string name = lowerCase(url.substr(0, colon));
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name != name) continue;
    Result<std::unique_ptr<Remote>> remote = scheme.open(url, options, needs);
    if (remote && needs.access == Access::readOnly) return readOnly(std::move(*remote));
    return remote;
  }
  return unusable(url, "no remote is known for " + name + ":// (known: " + knownSchemes() + ")");
}

Result<std::string> pathOfFileUrl(std::string_view url) {
  std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || lowerCase(url.substr(0, colon)) != "file") {
    return unusable(url, "this is no file:// URL");
  }
  std::string_view rest = url.substr(colon + 1);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    std::size_t slash = rest.find('/');
    std::string host = lowerCase(rest.substr(0, slash));
    if (!host.empty() && host != "localhost") {
      return unusable(url, "a file:// URL names no host: write file:///DIR with three slashes ('" +
                               host + "' was read as a host)");
    }
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  }
  if (!rest.starts_with('/')) {
    return unusable(url, "the directory must be absolute: file:///DIR");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return unusable(url, "a file:// URL takes no ? or #; in a name they are written %3F and %23");
  }
  std::optional<std::string> path = percentDecode(rest);
  if (!path) return unusable(url, "a % must be followed by two hex digits, and not be %00");
  while (path->size() > 1 && path->ends_with('/')) path->pop_back();
  return std::move(*path);
}

}  // namespace cloudsync
