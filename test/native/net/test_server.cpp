#include "test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "net/http_message.h"

namespace cloudsync::test {

std::optional<std::string> Peer::readHead() {
  while (true) {
    std::size_t end = buffered_.find("\r\n\r\n");
    if (end != std::string::npos) {
      std::string head = buffered_.substr(0, end + 2);
      buffered_.erase(0, end + 4);
      return head;
    }
    std::array<char, 16384> block{};
    ssize_t got = recv(socket_, block.data(), block.size(), 0);
    if (got <= 0) return std::nullopt;
    buffered_.append(block.data(), static_cast<std::size_t>(got));
  }
}

std::size_t Peer::readSome(std::size_t atMost) {
  if (!buffered_.empty()) {
    std::size_t part = std::min(atMost, buffered_.size());
    buffered_.erase(0, part);
    return part;
  }
  std::string block(std::min<std::size_t>(atMost, 65536), '\0');
  ssize_t got = recv(socket_, block.data(), block.size(), 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

bool Peer::readBody(std::size_t size, std::string& into) {
  while (into.size() < size) {
    if (!buffered_.empty()) {
      std::size_t part = std::min(size - into.size(), buffered_.size());
      into.append(buffered_, 0, part);
      buffered_.erase(0, part);
      continue;
    }
    std::array<char, 65536> block{};
    ssize_t got = recv(socket_, block.data(), block.size(), 0);
    if (got <= 0) return false;
    buffered_.append(block.data(), static_cast<std::size_t>(got));
  }
  return true;
}

bool Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t done = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done <= 0) return false;
    sent_ += static_cast<std::uint64_t>(done);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

bool Peer::writeUntilFull(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t done = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (done < 0) {
      // Full for this long means that nobody reads on the other side.
      pollfd full{socket_, POLLOUT, 0};
      if (poll(&full, 1, 600) <= 0) return false;
      if ((full.revents & (POLLHUP | POLLERR)) != 0) return false;
      continue;
    }
    sent_ += static_cast<std::uint64_t>(done);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

void Peer::cut() {
  linger now{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Peer::waitForEnd() {
  std::array<char, 4096> block{};
  while (recv(socket_, block.data(), block.size(), 0) > 0) {
  }
}

void Peer::shrinkBuffers() {
  int size = 65536;
  setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

std::optional<std::string> Received::header(std::string_view name) const {
  std::size_t at = 0;
  while (at < head.size()) {
    std::size_t end = head.find("\r\n", at);
    std::string_view line(head.data() + at, end - at);
    std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && equalIgnoringCase(line.substr(0, colon), name)) {
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return std::string(value);
    }
    at = end + 2;
  }
  return std::nullopt;
}

std::size_t Received::contentLength() const {
  return std::stoull(header("Content-Length").value_or("0"));
}

TestServer::TestServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 512) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no local server socket");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { acceptAll(); });
}

TestServer::~TestServer() { stop(); }

void TestServer::stop() {
  if (!acceptor_.joinable()) return;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  std::list<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    for (int open : sockets_) shutdown(open, SHUT_RDWR);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

std::string TestServer::url(std::string_view target) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
}

void TestServer::acceptAll() {
  while (true) {
    int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    ++connections_;
    std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void TestServer::serve(int socket) {
  Peer peer(socket, sent_);
  while (true) {
    std::optional<std::string> head = peer.readHead();
    if (!head) break;
    ++requests_;
    Received received;
    std::size_t space = head->find(' ');
    received.method = head->substr(0, space);
    received.target = head->substr(space + 1, head->find(' ', space + 1) - space - 1);
    received.head = std::move(*head);
    if (!handler_(peer, received)) break;
  }
  std::lock_guard lock(mutex_);
  sockets_.remove(socket);
  close(socket);
}

std::string answer(int status, std::string_view body, std::string_view extraHeaders) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " Words\r\n";
  out += extraHeaders;
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  out += body;
  return out;
}

void Signal::set() {
  std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

void Signal::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return set_; });
}

}  // namespace cloudsync::test
