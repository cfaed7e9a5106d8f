#include "remote/s3/addressing.h"

#include <algorithm>
#include <utility>

#include "net/url.h"
#include "remote/s3/location.h"

namespace cloudsync {

namespace {

bool isAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool isRegion(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return isAlphanumeric(c) || c == '-' || c == '_';
  });
}

std::string awsHost(std::string_view service, std::string_view region) {
  std::string suffix = "amazonaws.com";
  if (region.starts_with("cn-")) suffix = "amazonaws.com.cn";
  if (region.starts_with("eusc-")) suffix = "amazonaws.eu";
  return std::string(service) + "." + std::string(region) + "." + suffix;
}

bool isHostLabel(std::string_view bucket, Dots dots) {
  auto fits = [dots](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           (c == '.' && dots == Dots::yes);
  };
  return !bucket.empty() && bucket.size() <= 63 &&
         std::all_of(bucket.begin(), bucket.end(), fits) && isAlphanumeric(bucket.front()) &&
         isAlphanumeric(bucket.back());
}

bool isAddress(std::string_view host) {
  return host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

S3Location inRegion(S3Location location, std::string region) {
  if (!isRegion(region)) return location;  // a server's word, and it would become a host name
  location.region = std::move(region);
  if (!location.ownEndpoint) location.host = awsHost("s3", location.region);
  return location;
}

std::string urlOf(const S3Location& location, std::string_view key, const S3Query& query) {
  std::string url = location.scheme + "://";
  if (!location.pathStyle) url += location.bucket + ".";
  url += location.host;
  bool usualPort = location.port == (location.scheme == "https" ? 443 : 80);
  if (!usualPort) url += ":" + std::to_string(location.port);
  url += location.basePath;
  if (location.pathStyle) url += "/" + encodeUnreserved(location.bucket);
  if (!key.empty() || !location.pathStyle) url += "/" + encodePath(key);
  S3Query encoded;
  for (const auto& [name, value] : query) {
    encoded.emplace_back(encodeUnreserved(name), encodeUnreserved(value));
  }
  std::sort(encoded.begin(), encoded.end());
  char separator = '?';
  for (const auto& [name, value] : encoded) {
    (url += separator).append(name).append("=").append(value);
    separator = '&';
  }
  return url;
}

}  // namespace cloudsync
