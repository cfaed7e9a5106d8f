#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

#include "base/scheduler.h"
#include "net/bandwidth.h"
#include "net/environment.h"
#include "net/exchange.h"
#include "net/http_transport.h"

namespace cloudsync {

class CurlReactor;

// HTTP over libcurl: one network thread carries all requests, keeps connections alive and speaks
// HTTP/2 where it is offered, one request at a time on each connection. Sources and sinks run on
// the callers' lanes, behind bounded buffers (see Exchange). Owned by the Service, outlived by its
// scheduler. The destructor ends calls that are left with `unavailable` and waits for them, so no
// scheduler thread may run it.
class CurlTransport final : public HttpTransport {
 public:
  struct Options {
    PieceLimits pieces;  // bytes: from 16 KiB to one buffer; count: at least 2
    // What requests need to move at all, they get; beyond this nothing is kept back for the hash.
    std::size_t bufferBytes = 24 * 1024 * 1024;
    std::size_t mostActive = 256;  // requests with a socket of their own; more wait their turn
    NetworkEnvironment environment = readNetworkEnvironment(systemEnvironment);
  };

  CurlTransport(Scheduler& scheduler, Options options);
  ~CurlTransport() override;

  // Over all requests from now on, those under way included; 0: as fast as it goes. Any thread.
  void limitBandwidth(ByteCount uploadPerSecond, ByteCount downloadPerSecond) {
    up_.limit(uploadPerSecond);
    down_.limit(downloadPerSecond);
  }

  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override;

 private:
  class Call;  // one perform() under way, for the destructor to wait for

  Scheduler& scheduler_;
  const PieceLimits pieces_;
  BufferPool buffers_;
  Bandwidth up_;
  Bandwidth down_;
  std::mutex mutex_;
  std::condition_variable callEnded_;
  std::size_t calls_ = 0;  // guarded by mutex_
  std::unique_ptr<CurlReactor> reactor_;
};

}  // namespace cloudsync
