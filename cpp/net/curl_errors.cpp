#include "net/curl_errors.h"

#include "net/url.h"

namespace cloudsync {

namespace {

enum class Detail { hide, show };

struct Translation {
  ErrorKind kind;
  Detail detail;
  std::string_view words;
};

// CURLcode has nearly a hundred values, most of them of protocols that are never spoken here:
// the one switch with a default. What is not named is a transport that failed.
Translation translate(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorKind::timeout, Detail::show, "no answer in time"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorKind::network, Detail::show, "the server's name cannot be resolved"};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {ErrorKind::network, Detail::hide, "the proxy's name cannot be resolved"};
    case CURLE_COULDNT_CONNECT:
      return {ErrorKind::network, Detail::show, "the server cannot be reached"};
    case CURLE_PROXY:
      return {ErrorKind::network, Detail::hide, "the proxy refuses the connection"};
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return {ErrorKind::network, Detail::show, "the connection broke"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {
          ErrorKind::remoteNotReady, Detail::show,
          "the server's certificate is not trusted: name its CA file in the remote's option ca, "
          "in AWS_CA_BUNDLE or in NODE_EXTRA_CA_CERTS, or correct the host name"};
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorKind::remoteNotReady, Detail::hide,
              "the CA file cannot be read: correct its path in the remote's option ca, in "
              "AWS_CA_BUNDLE or in SSL_CERT_FILE"};
    case CURLE_SSL_CONNECT_ERROR:
      return {ErrorKind::network, Detail::show, "the TLS handshake failed"};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return {ErrorKind::remoteFault, Detail::hide, "the server's answer is not HTTP"};
    case CURLE_URL_MALFORMAT:
      return {ErrorKind::invalidArgument, Detail::hide, "not a URL"};
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN:
      return {ErrorKind::internal, Detail::hide, "libcurl cannot be used"};
    default:
      return {ErrorKind::network, Detail::hide, "the transfer failed"};
  }
}

}  // namespace

Error fromCurl(CURLcode code, std::string_view detail, std::string_view url) {
  Translation translation = translate(code);
  // curl quotes a proxy it cannot use, password included, under codes of all sorts.
  bool mayHoldSecret = detail.find('@') != std::string_view::npos;
  if (translation.detail == Detail::hide || detail.empty() || mayHoldSecret) {
    detail = curl_easy_strerror(code);
  }
  std::string message(translation.words);
  message += " (";
  message += detail;
  message += ')';
  return Error{translation.kind, std::move(message), redactUrl(url)};
}

}  // namespace cloudsync
