#include "net/environment.h"

#include <cstdlib>
#include <initializer_list>

namespace cloudsync {

namespace {

std::string firstOf(const EnvironmentLookup& lookup, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::optional<std::string> value = lookup(name);
    if (value && !value->empty()) return *value;
  }
  return {};
}

}  // namespace

NetworkEnvironment readNetworkEnvironment(const EnvironmentLookup& lookup) {
  NetworkEnvironment environment;
  environment.httpProxy = firstOf(lookup, {"http_proxy"});
  environment.httpsProxy = firstOf(lookup, {"https_proxy", "HTTPS_PROXY"});
  environment.allProxy = firstOf(lookup, {"all_proxy", "ALL_PROXY"});
  environment.noProxy = firstOf(lookup, {"no_proxy", "NO_PROXY"});
  environment.caFile = firstOf(lookup, {"AWS_CA_BUNDLE", "SSL_CERT_FILE"});
  environment.extraCaFile = firstOf(lookup, {"NODE_EXTRA_CA_CERTS"});
  return environment;
}

std::optional<std::string> systemEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) return std::nullopt;
  return std::string(value);
}

std::string proxyFor(const std::string& scheme, const HttpRoute& route,
                     const NetworkEnvironment& environment) {
  if (route.proxy) return *route.proxy;
  const std::string& own = scheme == "https" ? environment.httpsProxy : environment.httpProxy;
  return own.empty() ? environment.allProxy : own;
}

Trust trustFor(const HttpRoute& route, const NetworkEnvironment& environment) {
  if (!route.caFile.empty()) return {route.caFile, false};
  if (!environment.caFile.empty()) return {environment.caFile, false};
  return {environment.extraCaFile, true};
}

}  // namespace cloudsync
