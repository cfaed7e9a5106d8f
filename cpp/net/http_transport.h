#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/buffer_pool.h"
#include "base/cancel.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/task.h"
#include "net/http_message.h"

namespace cloudsync {

// Bytes to upload. Read from any offset and as often as needed, so that a retry, a redirect or a
// connection that died under us can start over. Called by one thread at a time, on the lane of
// whoever performs the request, never on the network thread: it may block on a file.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual ByteCount size() const = 0;  // constant; sent as Content-Length
  // Fills `into` completely; it lies within size(). An error ends the request and is its result.
  virtual Status readAt(ByteCount offset, std::span<std::uint8_t> into) = 0;
};

// Takes the body of a 2xx answer as it arrives. Same threads as BodySource. The network waits
// while it works: what is in flight is bounded.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Once, before the first write, when status and headers are known: refuse here what does not
  // fit (another range than asked for). Not called for answers other than 2xx.
  virtual Status begin(const HttpResponse& head) {
    (void)head;
    return {};
  }
  // In order. An error ends the request and is its result.
  virtual Status write(std::span<const std::uint8_t> bytes) = 0;
  // The same, of the first `size` bytes of a buffer that may be kept: then it is moved from.
  virtual Status take(Buffer& buffer, std::size_t size) { return write({buffer.data(), size}); }
};

// A small body that is in memory already: XML, JSON, a part read in one go.
class StringSource final : public BodySource {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}
  ByteCount size() const override { return text_.size(); }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override;

 private:
  std::string text_;
};

// Sends one request and brings its answer: one hop, no redirect followed, nothing repeated, no
// credentials added (wrappers do that: RedirectingTransport, the remotes' signers).
// Any answer with a status is a success of the transport, 404 and 503 included. Failures:
//   network, timeout     worth trying again
//   remoteNotReady       the server's identity cannot be verified; the message says what to do
//   remoteFault          the answer breaks HTTP or a limit of the request
//   invalidArgument      the request cannot be sent (see validate())
//   cancelled            within 100 ms of the token
//   unavailable          the transport is closing
// and whatever the source or the sink returned. Messages never hold a header or a signature.
// Called from any thread, many at once; goes on on the caller's lane. Outlives its calls.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // `upload` and `download` may be null: no body (Content-Length: 0 for POST and PUT), and a body
  // into HttpResponse::body. Bodies of answers other than 2xx always go there, cut at the limit.
  virtual Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload,
                                             BodySink* download, CancelToken cancel) = 0;
};

}  // namespace cloudsync
