#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/pool_scheduler.h"
#include "base/spawn.h"
#include "net/curl_transport.h"

namespace cloudsync::test {

using namespace std::chrono_literals;

inline HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

inline HttpRequest withMethod(std::string method, std::string url) {
  HttpRequest request = get(std::move(url));
  request.method = std::move(method);
  return request;
}

// A transport on real threads that sees nothing of the machine's environment.
class NetTest : public ::testing::Test {
 protected:
  NetTest() { remake({}); }

  void remake(CurlTransport::Options options) {
    options.environment = environment_;
    transport_.reset();
    transport_ = std::make_unique<CurlTransport>(scheduler_, std::move(options));
  }

  Result<HttpResponse> perform(HttpRequest request, BodySource* upload = nullptr,
                               BodySink* download = nullptr, CancelToken cancel = CancelToken()) {
    return blockOn(scheduler_, Lane::transfer,
                   transport_->perform(std::move(request), upload, download, std::move(cancel)));
  }

  SystemClock clock_;
  PoolScheduler scheduler_{clock_, {.transfer = 4, .background = 1}};
  NetworkEnvironment environment_;
  std::unique_ptr<CurlTransport> transport_;
};

// Counts, and remembers enough to compare: position-dependent bytes are checked as they come.
class CheckingSink : public BodySink {
 public:
  static std::uint8_t byteAt(ByteCount offset) {
    return static_cast<std::uint8_t>(offset * 2654435761U >> 24);
  }
  Status begin(const HttpResponse& head) override {
    ++begun;
    status = head.status;
    return {};
  }
  Status write(std::span<const std::uint8_t> bytes) override {
    for (std::uint8_t byte : bytes) {
      if (byte != byteAt(received++)) right = false;
    }
    largest = std::max(largest, bytes.size());
    ++writes;
    return {};
  }

  int begun = 0;
  int status = 0;
  int writes = 0;
  std::size_t largest = 0;
  ByteCount received = 0;
  bool right = true;
};

inline std::string pattern(ByteCount from, std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(CheckingSink::byteAt(from + i));
  return out;
}

// A source of the same pattern.
class PatternSource : public BodySource {
 public:
  explicit PatternSource(ByteCount size) : size_(size) {}
  ByteCount size() const override { return size_; }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override {
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = CheckingSink::byteAt(offset + i);
    furthest = std::max<ByteCount>(furthest, offset + into.size());
    if (offset == 0) ++starts;
    return {};
  }

  std::atomic<ByteCount> furthest{0};
  std::atomic<int> starts{0};

 private:
  ByteCount size_;
};

}  // namespace cloudsync::test
