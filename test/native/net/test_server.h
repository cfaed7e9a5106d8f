#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace cloudsync::test {

// One connection of the TestServer, as its handler sees it: blocking reads and writes, all of them
// false once either side has gone.
class Peer {
 public:
  explicit Peer(int socket, std::atomic<std::uint64_t>& sent) : socket_(socket), sent_(sent) {}

  std::optional<std::string> readHead();
  bool readBody(std::size_t size, std::string& into);
  std::size_t readSome(std::size_t atMost);  // 0: the client has gone
  bool write(std::string_view bytes);
  // Writes what fits without waiting for the client; false: it is full (or gone).
  bool writeUntilFull(std::string_view bytes);
  void cut();         // resets the connection
  void waitForEnd();  // until the client or the test hangs up
  void shrinkBuffers();

 private:
  int socket_;
  std::atomic<std::uint64_t>& sent_;
  std::string buffered_;
};

struct Received {
  std::string method;
  std::string target;
  std::string head;  // all lines

  std::optional<std::string> header(std::string_view name) const;
  std::size_t contentLength() const;
};

// A small HTTP/1.1 server on 127.0.0.1 with a thread per connection, to be as wrong as a test
// needs it: the handler writes the answer's bytes itself. Return false to close the connection.
class TestServer {
 public:
  using Handler = std::function<bool(Peer&, const Received&)>;
  explicit TestServer(Handler handler);
  ~TestServer();

  std::string url(std::string_view target) const;
  int port() const { return port_; }
  int connections() const { return connections_; }
  int requests() const { return requests_; }
  std::uint64_t sentBytes() const { return sent_; }
  void stop();

 private:
  void acceptAll();
  void serve(int socket);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> requests_{0};
  std::atomic<std::uint64_t> sent_{0};
  std::mutex mutex_;
  std::list<int> sockets_;  // guarded by mutex_, as are the threads
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

std::string answer(int status, std::string_view body, std::string_view extraHeaders = "");

// Something one thread waits for and another one announces.
class Signal {
 public:
  void set();
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace cloudsync::test
