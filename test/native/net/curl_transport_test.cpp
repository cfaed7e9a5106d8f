#include <gtest/gtest.h>

#include <set>

#include "base/task_group.h"
#include "net_fixture.h"
#include "test_server.h"

namespace cloudsync::test {
namespace {

TEST_F(NetTest, ASmallAnswerArrivesWithItsHeaders) {
  TestServer server([](Peer& peer, const Received&) {
    return peer.write(answer(200, "hello", "X-Odd-NAME:  two words \r\nETag: \"x\"\r\n"));
  });
  Result<HttpResponse> response = perform(get(server.url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->bodyBytes, 5u);
  EXPECT_EQ(response->headers.find("x-odd-name"), "two words");
  EXPECT_EQ(response->headers.find("etag"), "\"x\"");
  EXPECT_FALSE(response->headers.find("absent"));
}

TEST_F(NetTest, TargetAndHeadersGoOutVerbatimAndNothingIsAdded) {
  std::string head;
  TestServer server([&head](Peer& peer, const Received& received) {
    head = received.head;
    return peer.write(answer(200, ""));
  });
  HttpRequest request = withMethod("DELETE", server.url("/b/../a%2Fb/./c?x=%2B&uploads="));
  request.headers.add("x-first", "1");
  request.headers.add("X-Second", "a, b");
  request.headers.add("x-empty", "");
  ASSERT_TRUE(perform(request));
  EXPECT_EQ(head, "DELETE /b/../a%2Fb/./c?x=%2B&uploads= HTTP/1.1\r\nHost: 127.0.0.1:" +
                      std::to_string(server.port()) +
                      "\r\nx-first: 1\r\nX-Second: a, b\r\nx-empty:\r\n");
}

TEST_F(NetTest, EveryMethodOfTheRemotesSaysHowLongItsBodyIs) {
  TestServer server([](Peer& peer, const Received& received) {
    std::string body;
    if (!peer.readBody(received.contentLength(), body)) return false;
    std::string length = received.header("Content-Length").value_or("none");
    std::string echo = received.method + " " + length + " " + body;
    if (received.method == "HEAD")
      return peer.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
    return peer.write(answer(200, echo));
  });
  StringSource body("<xml/>");
  EXPECT_EQ(perform(withMethod("GET", server.url("/")))->body, "GET none ");
  EXPECT_EQ(perform(withMethod("DELETE", server.url("/")))->body, "DELETE none ");
  EXPECT_EQ(perform(withMethod("POST", server.url("/")))->body, "POST 0 ");
  EXPECT_EQ(perform(withMethod("PUT", server.url("/")))->body, "PUT 0 ");
  EXPECT_EQ(perform(withMethod("POST", server.url("/")), &body)->body, "POST 6 <xml/>");
  EXPECT_EQ(perform(withMethod("PUT", server.url("/")), &body)->body, "PUT 6 <xml/>");
  EXPECT_EQ(perform(withMethod("PROPFIND", server.url("/")), &body)->body, "PROPFIND 6 <xml/>");
  Result<HttpResponse> head = perform(withMethod("HEAD", server.url("/")));
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->headers.find("content-length"), "99");
  EXPECT_EQ(head->bodyBytes, 0u);
}

TEST_F(NetTest, ConnectionsAreUsedAgain) {
  TestServer server([](Peer& peer, const Received&) { return peer.write(answer(200, "x")); });
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(perform(get(server.url("/"))));
  EXPECT_EQ(server.requests(), 20);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(NetTest, ChunkedBodiesTrailersAndInterimAnswersAreUnderstood) {
  TestServer server([](Peer& peer, const Received&) {
    return peer.write("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n") &&
           peer.write("HTTP/1.1 200 OK\r\nX-Final: 1\r\nTransfer-Encoding: chunked\r\n\r\n") &&
           peer.write("3\r\nabc\r\n") && peer.write("4\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n");
  });
  Result<HttpResponse> response = perform(get(server.url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "abcdefg");
  EXPECT_TRUE(response->headers.find("x-final"));
  EXPECT_FALSE(response->headers.find("x-interim"));
  EXPECT_FALSE(response->headers.find("x-trailer"));
}

TEST_F(NetTest, ASinkTakesOnlyTheBodyOfASuccess) {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.target == "/missing") return peer.write(answer(404, "<Error>NoSuchKey</Error>"));
    return peer.write(answer(206, pattern(0, 1000)));
  });
  CheckingSink sink;
  Result<HttpResponse> missing = perform(get(server.url("/missing")), nullptr, &sink);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(missing->body, "<Error>NoSuchKey</Error>");
  EXPECT_EQ(sink.begun, 0);
  Result<HttpResponse> found = perform(get(server.url("/found")), nullptr, &sink);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body, "");
  EXPECT_EQ(found->bodyBytes, 1000u);
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.status, 206);
  EXPECT_EQ(sink.received, 1000u);
  EXPECT_TRUE(sink.right);
}

TEST_F(NetTest, ASinkHearsOfAnEmptyBodyToo) {
  TestServer server([](Peer& peer, const Received&) { return peer.write(answer(200, "")); });
  CheckingSink sink;
  ASSERT_TRUE(perform(get(server.url("/")), nullptr, &sink));
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.writes, 0);
}

class RefusingSink final : public BodySink {
 public:
  explicit RefusingSink(bool atBegin) : atBegin_(atBegin) {}
  Status begin(const HttpResponse&) override {
    if (atBegin_) return Error{ErrorKind::conflict, "not this one", {}};
    return {};
  }
  Status write(std::span<const std::uint8_t>) override {
    ++writes;
    return Error{ErrorKind::noSpace, "full", {}};
  }
  int writes = 0;

 private:
  bool atBegin_;
};

TEST_F(NetTest, ASinksErrorIsTheResult) {
  TestServer server(
      [](Peer& peer, const Received&) { return peer.write(answer(200, pattern(0, 4 << 20))); });
  RefusingSink atBegin(true);
  EXPECT_EQ(perform(get(server.url("/")), nullptr, &atBegin).error().kind, ErrorKind::conflict);
  EXPECT_EQ(atBegin.writes, 0);
  RefusingSink atWrite(false);
  EXPECT_EQ(perform(get(server.url("/")), nullptr, &atWrite).error().kind, ErrorKind::noSpace);
  EXPECT_EQ(atWrite.writes, 1);
}

TEST_F(NetTest, ABodyLargerThanItsLimitIsRefusedAndAFailuresIsCut) {
  TestServer server([](Peer& peer, const Received& received) {
    return peer.write(answer(received.target == "/ok" ? 200 : 500, std::string(100'000, 'x')));
  });
  HttpRequest request = get(server.url("/ok"));
  request.limits.body = 99'999;
  EXPECT_EQ(perform(request).error().kind, ErrorKind::remoteFault);
  request.limits.body = 100'000;
  EXPECT_TRUE(perform(request));
  request.url = server.url("/broken");
  request.limits.body = 1000;
  Result<HttpResponse> cut = perform(request);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->status, 500);
  EXPECT_EQ(cut->body, std::string(1000, 'x'));
}

TEST_F(NetTest, TooManyOrTooLargeHeadersAreRefused) {
  TestServer server([](Peer& peer, const Received& received) {
    std::string extra;
    int lines = received.target == "/many" ? 300 : 2;
    std::string value(received.target == "/many" ? 1 : 40'000, 'v');
    for (int i = 0; i < lines; ++i) extra += "X-" + std::to_string(i) + ": " + value + "\r\n";
    return peer.write(answer(200, "x", extra));
  });
  EXPECT_EQ(perform(get(server.url("/many"))).error().kind, ErrorKind::remoteFault);
  EXPECT_EQ(perform(get(server.url("/large"))).error().kind, ErrorKind::remoteFault);
}

TEST_F(NetTest, BrokenAnswersAreErrorsOfTheRightKind) {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.target == "/short") {
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    } else if (received.target == "/noise") {
      peer.write("what is this\r\n\r\n");
    } else if (received.target == "/reset") {
      peer.cut();
    }
    return false;
  });
  EXPECT_EQ(perform(get(server.url("/short"))).error().kind, ErrorKind::network);
  EXPECT_EQ(perform(get(server.url("/noise"))).error().kind, ErrorKind::remoteFault);
  EXPECT_EQ(perform(get(server.url("/reset"))).error().kind, ErrorKind::network);
  EXPECT_EQ(perform(get(server.url("/nothing"))).error().kind, ErrorKind::network);
  std::string gone = server.url("/");
  server.stop();
  EXPECT_EQ(perform(get(gone)).error().kind, ErrorKind::network);
}

TEST_F(NetTest, RequestsThatCannotBeSentAreRefused) {
  HttpRequest injected = get("http://127.0.0.1:1/");
  injected.headers.add("X-Name", "a\r\nX-Evil: 1");
  EXPECT_EQ(perform(injected).error().kind, ErrorKind::invalidArgument);
  EXPECT_EQ(perform(get("file:///etc/passwd")).error().kind, ErrorKind::invalidArgument);
  EXPECT_EQ(perform(get("http://127.0.0.1:1/a b")).error().kind, ErrorKind::invalidArgument);
  EXPECT_EQ(perform(withMethod("GE T", "http://127.0.0.1:1/")).error().kind,
            ErrorKind::invalidArgument);
}

TEST_F(NetTest, NoErrorTellsASecret) {
  HttpRequest request = get("http://127.0.0.1:1/key?X-Amz-Signature=hush&prefix=a");
  request.headers.add("Authorization", "hush");
  request.route.proxy = "badscheme://user:hush@127.0.0.1:1";
  Error error = perform(request).error();
  EXPECT_EQ((error.message + error.subject).find("hush"), std::string::npos);
  EXPECT_NE(error.subject.find("prefix=a"), std::string::npos);
}

TEST_F(NetTest, TimeoutsEndAnExchangeAtEveryStage) {
  TestServer server([](Peer& peer, const Received& received) {
    if (received.target == "/body") {
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n12345");
    }
    peer.waitForEnd();
    return false;
  });
  HttpRequest request = get(server.url("/answer"));
  request.timeouts.stall = 100ms;
  EXPECT_EQ(perform(request).error().kind, ErrorKind::timeout);
  request.url = server.url("/body");
  EXPECT_EQ(perform(request).error().kind, ErrorKind::timeout);
  request.timeouts.stall = 0ms;
  request.timeouts.total = 100ms;
  EXPECT_EQ(perform(request).error().kind, ErrorKind::timeout);
}

TEST_F(NetTest, ASlowDripIsATimeoutOnlyBelowTheLimit) {
  Signal enough;
  TestServer server([&enough](Peer& peer, const Received& received) {
    (void)received;
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    // A byte at a time, until the client has had enough.
    while (peer.write("1\r\nx\r\n")) std::this_thread::sleep_for(5ms);
    enough.set();
    return false;
  });
  HttpRequest request = get(server.url("/"));
  request.timeouts.stall = 200ms;
  request.timeouts.stallBytes = 100'000;
  EXPECT_EQ(perform(request).error().kind, ErrorKind::timeout);
  enough.wait();
}

// --- streaming ---

// Streams the pattern; announces when the client stops reading.
class StreamServer {
 public:
  explicit StreamServer(ByteCount size)
      : size_(size), server([this](Peer& peer, const Received&) { return stream(peer); }) {}

  Signal full;

 private:
  bool stream(Peer& peer) {
    peer.shrinkBuffers();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size_) + "\r\n\r\n");
    for (ByteCount offset = 0; offset < size_;) {
      std::string block = pattern(offset, std::min<ByteCount>(1 << 16, size_ - offset));
      std::uint64_t before = server.sentBytes();
      if (!peer.writeUntilFull(block)) {
        full.set();
        if (!peer.write(std::string_view(block).substr(server.sentBytes() - before))) return false;
      }
      offset += block.size();
    }
    full.set();
    return true;
  }

  ByteCount size_;

 public:
  TestServer server;
};

class WaitingSink final : public CheckingSink {
 public:
  explicit WaitingSink(StreamServer& server) : server_(server) {}
  Status write(std::span<const std::uint8_t> bytes) override {
    if (writes == 0) {
      server_.full.wait();
      sentWhileWaiting = server_.server.sentBytes();
    }
    return CheckingSink::write(bytes);
  }
  std::uint64_t sentWhileWaiting = 0;

 private:
  StreamServer& server_;
};

TEST_F(NetTest, ASinkThatDoesNotReadStopsTheServer) {
  constexpr ByteCount kSize = 64 << 20;
  StreamServer server(kSize);
  WaitingSink sink(server);
  Result<HttpResponse> response = perform(get(server.server.url("/")), nullptr, &sink);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(sink.received, kSize);
  EXPECT_TRUE(sink.right);
  // A MiB of pieces and half a MiB of curl's; the rest is what two kernels' sockets hold.
  EXPECT_LT(sink.sentWhileWaiting, 16u << 20);
  EXPECT_LE(sink.largest, Buffer::kBytes);
  EXPECT_LT(sink.writes, 2 * 256);
}

TEST_F(NetTest, WhatASlowSinkCostsIsNoStallOfTheServer) {
  StreamServer server(8 << 20);
  WaitingSink sink(server);
  HttpRequest request = get(server.server.url("/"));
  request.timeouts.stall = 500ms;
  Result<HttpResponse> response = perform(request, nullptr, &sink);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(sink.received, 8u << 20);
}

TEST_F(NetTest, PausingAtEveryPieceLosesAndRepeatsNothing) {
  CurlTransport::Options options;
  options.pieces = {.bytes = 1, .count = 1};  // raised to the least that works
  remake(options);
  constexpr ByteCount kSize = (8 << 20) + 12345;
  StreamServer server(kSize);
  CheckingSink sink;
  Result<HttpResponse> response = perform(get(server.server.url("/")), nullptr, &sink);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(sink.received, kSize);
  EXPECT_TRUE(sink.right);
}

// --- uploads ---

TEST_F(NetTest, AnUploadWaitsForAServerThatReadsSlowly) {
  constexpr ByteCount kSize = 16 << 20;
  PatternSource source(kSize);
  std::atomic<ByteCount> aheadOfServer{0};
  std::atomic<bool> right{true};
  TestServer server([&](Peer& peer, const Received& received) {
    peer.shrinkBuffers();
    std::string body;
    for (ByteCount done = 0; done < received.contentLength(); done += body.size()) {
      body.clear();
      if (!peer.readBody(std::min<ByteCount>(65536, kSize - done), body)) return false;
      if (body != pattern(done, body.size())) right = false;
      ByteCount ahead = source.furthest.load() - done;
      if (ahead > aheadOfServer.load()) aheadOfServer = ahead;
      // Slower than the client can read: the lead grows to whatever the buffers allow.
      if (done < (2 << 20)) std::this_thread::sleep_for(5ms);
    }
    return peer.write(answer(200, "stored"));
  });
  Result<HttpResponse> response = perform(withMethod("PUT", server.url("/")), &source);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "stored");
  EXPECT_TRUE(right);
  EXPECT_LT(aheadOfServer.load(), 12u << 20);
}

TEST_F(NetTest, AChangeWhoseAnswerIsLostOnAKeptConnectionIsNotAskedForAgain) {
  std::atomic<int> done{0};
  std::atomic<int> doneOnKept{0};
  std::atomic<std::thread::id> kept;  // a thread serves a connection
  std::atomic<bool> resets = false;
  TestServer server([&](Peer& peer, const Received& received) {
    if (received.method == "GET") {
      kept = std::this_thread::get_id();
      return peer.write(answer(200, "warm"));
    }
    std::string body;
    peer.readBody(received.contentLength(), body);
    ++done;
    if (kept == std::this_thread::get_id()) ++doneOnKept;
    if (resets) peer.cut();
    return false;
  });
  PatternSource source(1000);
  for (bool how : {false, true}) {
    resets = how;
    for (const char* method : {"PUT", "POST", "DELETE"}) {
      for (BodySource* body :
           {static_cast<BodySource*>(&source), static_cast<BodySource*>(nullptr)}) {
        done = 0;
        doneOnKept = 0;
        ASSERT_TRUE(perform(get(server.url("/"))));
        Result<HttpResponse> outcome = perform(withMethod(method, server.url("/")), body);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind, ErrorKind::network);
        EXPECT_EQ(done, 1) << method;
        EXPECT_EQ(doneOnKept, 1) << method;
      }
    }
  }
}

TEST_F(NetTest, AnUploadStartsOverWhenAnOldConnectionTurnsOutDead) {
  std::atomic<int> served{0};
  std::string stored;
  TestServer server([&](Peer& peer, const Received& received) {
    if (received.method == "GET") return peer.write(answer(200, "warm"));
    std::string body;
    if (++served == 1) {
      // Takes a part of it on the warm connection, then dies without an answer.
      peer.readBody(100'000, body);
      peer.cut();
      return false;
    }
    peer.readBody(received.contentLength(), body);
    stored = body;
    return peer.write(answer(200, ""));
  });
  constexpr ByteCount kSize = 3 << 20;
  PatternSource source(kSize);
  ASSERT_TRUE(perform(get(server.url("/"))));
  Result<HttpResponse> first = perform(withMethod("PUT", server.url("/")), &source);
  // Whether curl repeats it or reports it, a second attempt sends everything from the start.
  if (!first) {
    EXPECT_EQ(first.error().kind, ErrorKind::network);
    Result<HttpResponse> second = perform(withMethod("PUT", server.url("/")), &source);
    ASSERT_TRUE(second) << second.error().message;
  }
  EXPECT_GE(source.starts.load(), 2);
  EXPECT_EQ(stored, pattern(0, kSize));
}

class FailingSource final : public BodySource {
 public:
  ByteCount size() const override { return 10 << 20; }
  Status readAt(ByteCount offset, std::span<std::uint8_t>) override {
    if (offset < (1 << 20)) return {};
    return Error{ErrorKind::changed, "the file changed while it was read", {}};
  }
};

TEST_F(NetTest, ASourcesErrorIsTheResult) {
  TestServer server([](Peer& peer, const Received& received) {
    std::string body;
    return peer.readBody(received.contentLength(), body) && peer.write(answer(200, ""));
  });
  FailingSource source;
  EXPECT_EQ(perform(withMethod("PUT", server.url("/")), &source).error().kind, ErrorKind::changed);
}

TEST_F(NetTest, ARefusalBeforeTheUploadHasEndedIsAnAnswer) {
  TestServer server([](Peer& peer, const Received&) {
    peer.write(answer(403, "<Code>AccessDenied</Code>", "Connection: close\r\n"));
    // Reads on, so that closing does not reset the answer away.
    while (peer.readSome(65536) > 0) {
    }
    return false;
  });
  PatternSource source(64 << 20);
  Result<HttpResponse> response = perform(withMethod("PUT", server.url("/")), &source);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 403);
  EXPECT_LT(source.furthest.load(), 64u << 20);
}

// --- many at once ---

Task<void> fetchOne(HttpTransport& transport, std::string url, std::atomic<int>& good) {
  CheckingSink sink;
  HttpRequest request = get(std::move(url));
  Result<HttpResponse> response =
      co_await transport.perform(request, nullptr, &sink, CancelToken());
  if (response && sink.right && sink.received == 100'000) ++good;
}

Task<int> fetchMany(Scheduler& scheduler, HttpTransport& transport, std::string url, int count) {
  std::atomic<int> good{0};
  TaskGroup group(scheduler, Lane::transfer);
  for (int i = 0; i < count; ++i) group.add(fetchOne(transport, url, good));
  co_await group.join();
  co_return good.load();
}

TEST_F(NetTest, TwoHundredRequestsAtOnceAllArrive) {
  std::string body = pattern(0, 100'000);
  TestServer server([&body](Peer& peer, const Received&) { return peer.write(answer(200, body)); });
  int good =
      blockOn(scheduler_, Lane::transfer, fetchMany(scheduler_, *transport_, server.url("/"), 200));
  EXPECT_EQ(good, 200);
}

TEST_F(NetTest, NoMoreThanTheLimitHaveAConnection) {
  CurlTransport::Options options;
  options.mostActive = 5;
  remake(options);
  std::string body = pattern(0, 100'000);
  TestServer server([&body](Peer& peer, const Received&) { return peer.write(answer(200, body)); });
  int good =
      blockOn(scheduler_, Lane::transfer, fetchMany(scheduler_, *transport_, server.url("/"), 100));
  EXPECT_EQ(good, 100);
  EXPECT_LE(server.connections(), 5);
}

}  // namespace
}  // namespace cloudsync::test
