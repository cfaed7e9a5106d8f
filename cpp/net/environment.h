#pragma once

#include <functional>
#include <optional>
#include <string>

#include "net/http_message.h"

namespace cloudsync {

// What the process's environment says about networks. Read once, when the transport is built:
// getenv beside a setenv of the host's JavaScript is a race, and a running engine should not
// change its mind. A value; PURE but for systemEnvironment().
struct NetworkEnvironment {
  std::string httpProxy;   // of http_proxy (lower case only, as curl does: CGI sets HTTP_PROXY)
  std::string httpsProxy;  // of https_proxy, HTTPS_PROXY
  std::string allProxy;    // of all_proxy, ALL_PROXY: for either scheme without its own
  std::string noProxy;     // of no_proxy, NO_PROXY

  std::string caFile;       // AWS_CA_BUNDLE, else SSL_CERT_FILE: trusted instead of the system's
  std::string extraCaFile;  // NODE_EXTRA_CA_CERTS: trusted beside the system's
};

using EnvironmentLookup = std::function<std::optional<std::string>(const char* name)>;
NetworkEnvironment readNetworkEnvironment(const EnvironmentLookup& lookup);
std::optional<std::string> systemEnvironment(const char* name);

// The proxy for a URL of `scheme`; "" for none. noProxy is curl's to apply.
std::string proxyFor(const std::string& scheme, const HttpRoute& route,
                     const NetworkEnvironment& environment);

// Which certificate authorities are believed. The first that is given decides:
//   1. the route's caFile (an option of the remote)
//   2. AWS_CA_BUNDLE
//   3. SSL_CERT_FILE
//   4. the system's, and NODE_EXTRA_CA_CERTS beside them
struct Trust {
  std::string file;           // PEM; "": the system's
  bool besideSystem = false;  // the system's are believed too
};
Trust trustFor(const HttpRoute& route, const NetworkEnvironment& environment);

}  // namespace cloudsync
