#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/scheduler.h"
#include "net/http_transport.h"

namespace cloudsync {

// One thing that goes wrong with one request.
struct SimFault {
  enum class Kind {
    none,
    refuse,       // the connection fails before anything is sent: the server never sees it
    loseAnswer,   // the server does it, the answer never arrives: `network`
    cutBody,      // the answer breaks off after `bytes` bytes of its body: `network`
    stall,        // the server does it, then silence until the request's stall timeout
    unavailable,  // 503 with Retry-After: 1, the server does nothing
  };
  Kind kind = Kind::none;
  ByteCount bytes = 0;
};

// HTTP without a network, for the simulator: a function answers, time is the scheduler's, and
// faults come from a script or from the seed. The same seed gives the same run. Bodies go through
// sources and sinks as they do over curl. Owned by the simulated world; one thread.
class SimTransport final : public HttpTransport {
 public:
  // The server. `body` is the upload.
  using Handler = std::function<HttpResponse(const HttpRequest& request, const std::string& body)>;

  struct Options {
    Duration leastLatency = std::chrono::milliseconds(1);
    Duration mostLatency = std::chrono::milliseconds(50);
    std::uint32_t faultsPerThousand = 0;  // of requests that the script says nothing about
    std::size_t pieceBytes = 256 * 1024;
  };

  SimTransport(Scheduler& scheduler, std::uint64_t seed, Handler handler, Options options);

  // The next request that nobody scripted yet meets `fault`.
  void script(SimFault fault) { script_.push_back(fault); }

  std::uint64_t requests() const { return requests_; }  // that reached the server
  std::uint64_t faults() const { return faults_; }

  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override;

 private:
  SimFault nextFault();
  Duration latency();
  Task<Result<HttpResponse>> deliver(HttpRequest request, HttpResponse answer, SimFault fault,
                                     BodySink* download, CancelToken cancel);

  Scheduler& scheduler_;
  SeededRandom random_;
  const Handler handler_;
  const Options options_;
  std::deque<SimFault> script_;
  std::uint64_t requests_ = 0;
  std::uint64_t faults_ = 0;
};

}  // namespace cloudsync
