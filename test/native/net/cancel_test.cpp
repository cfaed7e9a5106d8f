#include <gtest/gtest.h>

#include <thread>

#include "base/task_group.h"
#include "net_fixture.h"
#include "test_server.h"

namespace cloudsync::test {
namespace {

// Performs `request` and cancels it as soon as `reached` is set; the answer must be `cancelled`.
// That it comes at all is the test: the servers here never go on by themselves.
class CancelTest : public NetTest {
 protected:
  Result<HttpResponse> cancelWhen(Signal& reached, HttpRequest request,
                                  BodySource* upload = nullptr, BodySink* download = nullptr) {
    CancelSource source;
    std::thread canceller([&] {
      reached.wait();
      source.cancel();
    });
    Result<HttpResponse> result = perform(std::move(request), upload, download, source.token());
    canceller.join();
    return result;
  }
};

TEST_F(CancelTest, BeforeItBegins) {
  CancelSource source;
  source.cancel();
  Result<HttpResponse> result =
      perform(get("http://127.0.0.1:1/"), nullptr, nullptr, source.token());
  EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
}

TEST_F(CancelTest, WhileItWaitsForTheAnswer) {
  Signal reached;
  TestServer server([&reached](Peer& peer, const Received&) {
    reached.set();
    peer.waitForEnd();  // the client hangs up: else the server would not stop
    return false;
  });
  EXPECT_EQ(cancelWhen(reached, get(server.url("/"))).error().kind, ErrorKind::cancelled);
}

TEST_F(CancelTest, InTheMiddleOfTheBody) {
  Signal reached;
  class Sink final : public CheckingSink {
   public:
    explicit Sink(Signal& signal) : signal_(signal) {}
    Status write(std::span<const std::uint8_t> bytes) override {
      signal_.set();
      return CheckingSink::write(bytes);
    }

   private:
    Signal& signal_;
  };
  Sink sink(reached);
  TestServer server([](Peer& peer, const Received&) {
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    peer.write(pattern(0, 1 << 20));
    peer.waitForEnd();
    return false;
  });
  EXPECT_EQ(cancelWhen(reached, get(server.url("/")), nullptr, &sink).error().kind,
            ErrorKind::cancelled);
  EXPECT_TRUE(sink.right);
}

TEST_F(CancelTest, InTheMiddleOfAnUploadThatNobodyReads) {
  Signal reached;
  Signal ended;
  TestServer server([&](Peer& peer, const Received&) {
    peer.shrinkBuffers();
    reached.set();
    ended.wait();
    return false;
  });
  PatternSource source(100 << 20);
  EXPECT_EQ(cancelWhen(reached, withMethod("PUT", server.url("/")), &source).error().kind,
            ErrorKind::cancelled);
  ended.set();
}

TEST_F(CancelTest, WhileItWaitsForItsTurn) {
  CurlTransport::Options options;
  options.mostActive = 1;
  remake(options);
  Signal busy;
  Signal go;
  TestServer server([&](Peer& peer, const Received&) {
    busy.set();
    go.wait();
    return peer.write(answer(200, "first"));
  });
  std::thread first([this, &server] { EXPECT_EQ(perform(get(server.url("/")))->body, "first"); });
  busy.wait();
  EXPECT_EQ(cancelWhen(busy, get(server.url("/second"))).error().kind, ErrorKind::cancelled);
  go.set();
  first.join();
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(CancelTest, AtEveryMomentOfAShortExchange) {
  TestServer server([](Peer& peer, const Received& received) {
    std::string body;
    return peer.readBody(received.contentLength(), body) &&
           peer.write(answer(200, pattern(0, 300'000)));
  });
  int finished = 0;
  for (int i = 0; i < 100; ++i) {
    CancelSource source;
    PatternSource upload(300'000);
    CheckingSink sink;
    std::thread canceller([&source, i] {
      // Not a wait but a spread: from before the connection to after the answer.
      auto until = std::chrono::steady_clock::now() + i * 40us;
      while (std::chrono::steady_clock::now() < until) {
      }
      source.cancel();
    });
    Result<HttpResponse> result =
        perform(withMethod("PUT", server.url("/")), &upload, &sink, source.token());
    canceller.join();
    if (result) {
      ++finished;
      EXPECT_EQ(sink.received, 300'000u);
    } else {
      EXPECT_EQ(result.error().kind, ErrorKind::cancelled) << result.error().message;
    }
    EXPECT_TRUE(sink.right);
  }
  // The connection pool is in order afterwards.
  CheckingSink sink;
  EXPECT_TRUE(perform(get(server.url("/")), nullptr, &sink));
  EXPECT_EQ(sink.received, 300'000u);
  RecordProperty("finished", finished);
}

TEST_F(CancelTest, ClosingTheTransportEndsWhatIsUnderWay) {
  Signal reached;
  TestServer server([&reached](Peer& peer, const Received&) {
    reached.set();
    peer.waitForEnd();
    return false;
  });
  std::optional<Result<HttpResponse>> result;
  std::thread caller([&] { result = perform(get(server.url("/"))); });
  reached.wait();
  transport_.reset();
  caller.join();
  EXPECT_EQ(result->error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace cloudsync::test
