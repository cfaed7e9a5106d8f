#include "net/curl_transfer.h"

#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "net/curl_errors.h"
#include "net/url.h"

namespace cloudsync {

namespace {

// What is received is copied once more from here: it had better still be in the processor's cache.
constexpr long kCurlBuffer = 128 * 1024;

// CURL_PREREQFUNC_OK and _ABORT, which older versions do not name.
constexpr int kGoOn = 0;
constexpr int kAbort = 1;

// Keeps the first failure of many options.
template <class Value>
void set(CURLcode& code, CURL* easy, CURLoption option, Value value) {
  if (code == CURLE_OK) code = (curl_easy_setopt)(easy, option, value);
}

long milliseconds(Duration duration) {
  auto count = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return count > 0 ? static_cast<long>(count) : 0;
}

bool isBodyMethod(const std::string& method) { return method == "PUT" || method == "POST"; }

bool changesNothing(const std::string& method) { return method == "GET" || method == "HEAD"; }

}  // namespace

Result<std::unique_ptr<CurlTransfer>> CurlTransfer::make(Order order, CurlEasy spare,
                                                         const NetworkEnvironment& environment) {
  std::unique_ptr<CurlTransfer> transfer(new CurlTransfer(std::move(order), std::move(spare)));
  Status ready = transfer->configure(environment);
  if (!ready) return ready.error();
  return transfer;
}

Status CurlTransfer::configure(const NetworkEnvironment& environment) {
  if (!easy_) easy_.reset(curl_easy_init());
  if (!easy_) return Error{ErrorKind::internal, "out of memory", {}};
  CURLcode code = configureMethod();
  if (code == CURLE_OK) code = configureConnection(environment);
  if (code == CURLE_OK) code = configureTrust(environment);
  if (code == CURLE_OK) code = configureHeaders();
  if (code == CURLE_OK) code = configureCallbacks();
  if (code != CURLE_OK) return fromCurl(code, {}, order_.request.url);
  return {};
}

CURLcode CurlTransfer::configureMethod() {
  CURL* easy = easy_.get();
  const HttpRequest& request = order_.request;
  CURLcode code = CURLE_OK;
  set(code, easy, CURLOPT_URL, request.url.c_str());
  set(code, easy, CURLOPT_PATH_AS_IS, 1L);
  if (request.method == "HEAD") {
    set(code, easy, CURLOPT_NOBODY, 1L);
  } else if (order_.uploadSize || isBodyMethod(request.method)) {
    set(code, easy, CURLOPT_UPLOAD, 1L);
    set(code, easy, CURLOPT_INFILESIZE_LARGE,
        static_cast<curl_off_t>(order_.uploadSize.value_or(0)));
    set(code, easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else {
    set(code, easy, CURLOPT_HTTPGET, 1L);
    set(code, easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  return code;
}

CURLcode CurlTransfer::configureConnection(const NetworkEnvironment& environment) {
  CURL* easy = easy_.get();
  const HttpTimeouts& timeouts = order_.request.timeouts;
  CURLcode code = CURLE_OK;
#if LIBCURL_VERSION_NUM >= 0x075500
  set(code, easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(code, easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  // Removing a transfer that is resolving a name would wait for the resolver otherwise, and the
  // one network thread with it.
  set(code, easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  set(code, easy, CURLOPT_NOSIGNAL, 1L);
  set(code, easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(code, easy, CURLOPT_TCP_NODELAY, 1L);
  set(code, easy, CURLOPT_TCP_KEEPALIVE, 1L);
  set(code, easy, CURLOPT_BUFFERSIZE, kCurlBuffer);
  set(code, easy, CURLOPT_UPLOAD_BUFFERSIZE, kCurlBuffer);
  set(code, easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(timeouts.connect));
  set(code, easy, CURLOPT_TIMEOUT_MS, milliseconds(timeouts.total));
  set(code, easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Both are set even when empty: curl would ask the environment itself, on every transfer.
  std::string scheme = order_.request.url.starts_with("https:") ? "https" : "http";
  std::string proxy = proxyFor(scheme, order_.request.route, environment);
  set(code, easy, CURLOPT_PROXY, proxy.c_str());
  set(code, easy, CURLOPT_NOPROXY, environment.noProxy.c_str());
  return code;
}

CURLcode CurlTransfer::configureTrust(const NetworkEnvironment& environment) {
  CURL* easy = easy_.get();
  CURLcode code = CURLE_OK;
  if (order_.request.route.tls == TlsVerification::none) {
    set(code, easy, CURLOPT_SSL_VERIFYPEER, 0L);
    set(code, easy, CURLOPT_SSL_VERIFYHOST, 0L);
    return code;
  }
  Trust trust = trustFor(order_.request.route, environment);
  if (trust.file.empty()) return code;
  set(code, easy, CURLOPT_CAINFO, trust.file.c_str());
  // Without a directory curl believes the file alone, and keeps it parsed between connections.
  const char* directory = trust.besideSystem ? curl_version_info(CURLVERSION_NOW)->capath : nullptr;
  set(code, easy, CURLOPT_CAPATH, directory);
  return code;
}

CURLcode CurlTransfer::configureHeaders() {
  CURLcode code = CURLE_OK;
  auto append = [this, &code](const std::string& line) {
    // On failure the list is left as it was, and stays ours.
    curl_slist* longer = curl_slist_append(headerLines_.get(), line.c_str());
    if (!longer) {
      code = CURLE_OUT_OF_MEMORY;
      return;
    }
    static_cast<void>(headerLines_.release());
    headerLines_.reset(longer);
  };
  for (const HttpHeader& field : order_.request.headers.all()) {
    // "Name;" is how curl is told to send a header without a value.
    append(field.value.empty() ? field.name + ";" : field.name + ": " + field.value);
  }
  append("Expect:");  // no waiting for a 100 that many servers never send
  if (!order_.request.headers.find("Accept")) append("Accept:");
  set(code, easy_.get(), CURLOPT_HTTPHEADER, headerLines_.get());
  return code;
}

CURLcode CurlTransfer::configureCallbacks() {
  CURL* easy = easy_.get();
  CURLcode code = CURLE_OK;
  set(code, easy, CURLOPT_PRIVATE, this);
  set(code, easy, CURLOPT_ERRORBUFFER, curlsWords_);
  set(code, easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::onHeader);
  set(code, easy, CURLOPT_HEADERDATA, this);
  set(code, easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::onReceive);
  set(code, easy, CURLOPT_WRITEDATA, this);
  set(code, easy, CURLOPT_READFUNCTION, &CurlTransfer::onSend);
  set(code, easy, CURLOPT_READDATA, this);
  set(code, easy, CURLOPT_SEEKFUNCTION, &CurlTransfer::onSeek);
  set(code, easy, CURLOPT_SEEKDATA, this);
#if LIBCURL_VERSION_NUM >= 0x075000
  set(code, easy, CURLOPT_PREREQFUNCTION, &CurlTransfer::onRequest);
  set(code, easy, CURLOPT_PREREQDATA, this);
#endif
  return code;
}

std::size_t CurlTransfer::onHeader(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  std::size_t length = size * count;
  try {
    return transfer.takeHeaderLine({data, length}) ? length : 0;
  } catch (const std::exception& bug) {
    transfer.failure_ = Error{ErrorKind::internal, bug.what(), {}};
    return 0;
  }
}

bool CurlTransfer::takeHeaderLine(std::string_view line) {
  received_ += line.size();
  if (bodyBegun_) return true;  // a trailer of a chunked body
  if (head_.take(line)) return true;
  failure_ = Error{ErrorKind::remoteFault, "the answer's headers are larger than allowed",
                   redactUrl(order_.request.url)};
  return false;
}

void CurlTransfer::publishHead() {
  bodyBegun_ = true;
  exchange().head(head_.answer());
}

std::size_t CurlTransfer::onReceive(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  std::size_t length = size * count;
  try {
    if (!transfer.bodyBegun_) transfer.publishHead();
    std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(data), length);
    if (transfer.exchange().receive(bytes) == Exchange::Taken::pause) return CURL_WRITEFUNC_PAUSE;
    transfer.received_ += length;
    return length;
  } catch (const std::exception& bug) {
    transfer.failure_ = Error{ErrorKind::internal, bug.what(), {}};
    return length == 0 ? 1 : 0;  // anything but the length stops curl
  }
}

std::size_t CurlTransfer::onSend(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    std::span<std::uint8_t> into(reinterpret_cast<std::uint8_t*>(data), size * count);
    std::optional<std::size_t> sent = transfer.exchange().send(into);
    return sent ? *sent : CURL_READFUNC_PAUSE;
  } catch (const std::exception& bug) {
    transfer.failure_ = Error{ErrorKind::internal, bug.what(), {}};
    return CURL_READFUNC_ABORT;
  }
}

int CurlTransfer::onSeek(void* self, curl_off_t offset, int origin) {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.maySendAgain()) return CURL_SEEKFUNC_FAIL;
  transfer.exchange().rewind(static_cast<ByteCount>(offset));
  return CURL_SEEKFUNC_OK;
}

int CurlTransfer::onRequest(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  bool again = std::exchange(transfer.requested_, true);
  return again && !transfer.maySendAgain() ? kAbort : kGoOn;
}

// A kept connection that breaks before the answer may have been closed unused, and curl would send
// the request over another one. Or the server has done it: whoever asked for a change looks first.
bool CurlTransfer::maySendAgain() {
  const HttpRequest& request = order_.request;
  if (changesNothing(request.method)) return true;
  failure_ = Error{ErrorKind::network, "the connection broke", redactUrl(request.url)};
  return false;
}

void CurlTransfer::finish(CURLcode code) {
  if (failure_) return fail(std::move(*failure_));
  if (code != CURLE_OK) return fail(fromCurl(code, curlsWords_, order_.request.url));
  if (head_.answer().status < 200) {
    return fail(
        Error{ErrorKind::remoteFault, "the answer has no status", redactUrl(order_.request.url)});
  }
  exchange().ended(head_.release());
}

void CurlTransfer::fail(Error error) { exchange().ended(std::move(error)); }

CurlEasy CurlTransfer::takeHandle() {
  curl_easy_reset(easy_.get());
  return std::move(easy_);
}

ByteCount CurlTransfer::moved() const {
  curl_off_t sent = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  return received_ + static_cast<ByteCount>(sent);
}

bool CurlTransfer::stalled(SteadyTime now) {
  const HttpTimeouts& limits = timeouts();
  if (limits.stall <= Duration::zero()) return false;
  ByteCount total = moved();
  bool first = windowBegan_ == SteadyTime{};
  // A connection that died is made anew by curl and starts to count at zero again.
  bool enough = total < movedBefore_ || total - movedBefore_ >= limits.stallBytes;
  if (first || enough || exchange().paused()) {
    windowBegan_ = now;
    movedBefore_ = total;
    return false;
  }
  return now - windowBegan_ >= limits.stall;
}

}  // namespace cloudsync
