#include "remote/s3/bucket_url.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/rel_path.h"
#include "net/http_message.h"
#include "net/url.h"

namespace cloudsync {

namespace {

// Without a subject: until the bucket is known to be one, any part of the URL may be a secret.
Error unusable(std::string why) { return Error{ErrorKind::invalidArgument, std::move(why), {}}; }

bool isBucket(std::string_view text) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), fits) &&
         text.find_first_not_of('.') != std::string_view::npos;
}

// A secret may hold a '/', so user info may reach into what looks like the path.
bool mayHoldUserInfo(std::string_view authority, std::string_view path) {
  if (authority.find('@') != std::string_view::npos) return true;
  return authority.find(':') != std::string_view::npos && path.find('@') != std::string_view::npos;
}

Result<std::string> readPrefix(std::string_view path) {
  std::optional<std::string> prefix = decodePercentStrictly(path);
  if (!prefix) return unusable("in the prefix, a % must be followed by two hex digits");
  if (prefix->empty()) return std::string();
  if (prefix->ends_with('/')) prefix->pop_back();
  // Room for the names below it: no key is longer than 1,024 bytes.
  constexpr std::size_t kMostBytes = 512;
  if (prefix->size() > kMostBytes) {
    return unusable("the prefix is longer than " + std::to_string(kMostBytes) + " bytes");
  }
  if (!isValidUtf8(*prefix)) return unusable("the prefix must be UTF-8: S3 keeps nothing else");
  std::string whole = "/" + *prefix + "/";
  if (whole.find("/" + std::string(kReservedName) + "/") != std::string::npos) {
    return unusable("a prefix below .cloudsync is reserved: what lies there is the engine's own");
  }
  if (whole.find("//") != std::string::npos) {
    return unusable("the prefix holds an empty name: write single slashes between names");
  }
  NameFault fault = faultOf(*prefix);
  if (fault != NameFault::none) {
    return unusable("the prefix cannot be carried: " + std::string(describe(fault)));
  }
  return *prefix + "/";
}

}  // namespace

Result<BucketUrl> parseBucketUrl(std::string_view url) {
  constexpr std::string_view kScheme = "s3://";
  if (!equalIgnoringCase(url.substr(0, kScheme.size()), kScheme)) {
    return unusable("an S3 remote is written s3://BUCKET/PREFIX");
  }
  url.remove_prefix(kScheme.size());
  if (url.find('#') != std::string_view::npos) {
    return unusable("an s3:// URL takes no #; in a name it is written %23");
  }
  std::string_view front = url.substr(0, url.find('?'));
  std::size_t slash = std::min(front.find('/'), front.size());
  std::string_view authority = front.substr(0, slash);
  std::string_view path = front.substr(std::min(slash + 1, front.size()));
  if (mayHoldUserInfo(authority, path)) {
    return unusable(
        "credentials do not belong into the URL, which logs and lists show: set "
        "credentials in the remote's options, AWS_ACCESS_KEY_ID or ~/.aws/credentials");
  }
  if (authority.find(':') != std::string_view::npos) {
    return unusable("a bucket has no port: name the server with ?endpoint=http://HOST:PORT");
  }
  if (!isBucket(authority)) {
    return unusable(
        "the bucket's name may hold letters, digits, '-', '.' and '_' only, and must "
        "not be missing: s3://BUCKET/PREFIX");
  }
  Result<std::string> prefix = readPrefix(path);
  if (!prefix) return prefix.error();
  BucketUrl parts;
  parts.bucket = std::string(authority);
  parts.prefix = std::move(*prefix);
  if (front.size() < url.size()) parts.query = std::string(url.substr(front.size() + 1));
  return parts;
}

}  // namespace cloudsync
