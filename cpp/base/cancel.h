#pragma once

#include <stop_token>
#include <utility>

namespace cloudsync {

// Asks whether somebody wants the work to stop. Cheap to copy; a default one is never cancelled.
// Whatever can wait takes one last and answers within 100 ms of its cancellation.
class CancelToken {
 public:
  CancelToken() = default;
  explicit CancelToken(std::stop_token token) : token_(std::move(token)) {}

  bool cancelled() const { return token_.stop_requested(); }
  const std::stop_token& stopToken() const { return token_; }

 private:
  std::stop_token token_;
};

// The other end: owned by who may stop the work.
class CancelSource {
 public:
  CancelToken token() const { return CancelToken(source_.get_token()); }
  void cancel() { source_.request_stop(); }
  bool cancelled() const { return source_.stop_requested(); }

 private:
  std::stop_source source_;
};

}  // namespace cloudsync
